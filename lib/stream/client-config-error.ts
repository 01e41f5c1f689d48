/** Why the message of a client is no configuration; its text is told to the client. */
export class ClientConfigError extends Error {
  constructor(cause: string) {
    super(cause);
    this.name = 'ClientConfigError';
  }
}
