/** What a message of a fleet is about. */
export const TOPICS = ['register', 'client', 'monitor', 'reconnect', 'reconnect_ok'] as const;

export type AdminTopic = (typeof TOPICS)[number];

export function isAdminTopic(text: string): text is AdminTopic {
  return (TOPICS as readonly string[]).includes(text);
}
