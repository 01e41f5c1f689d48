/** A server that takes longer to listen is not waited for, milliseconds. */
export const LONGEST_BOOT_MS = 300;
