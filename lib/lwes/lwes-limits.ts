/** Bytes of the longest event: what one UDP datagram can carry. */
export const MAX_EVENT_BYTES = 65_507;

/** Bytes of the longest name that every implementation writes and reads. */
export const MAX_NAME_BYTES = 254;

/** Bytes of the longest string value that every implementation writes and reads. */
export const MAX_STRING_BYTES = 65_534;

/** Items of the longest array, and attributes of the fullest event: both are counted in two bytes. */
export const MAX_COUNT = 65_535;
