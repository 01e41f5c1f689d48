/** What the document of the API says of a route, in the words of OpenAPI 3.1. */
export interface RouteAbout {
  readonly summary: string;
  readonly details?: string;
  /** Parts of the path, and what may follow the `?`. */
  readonly parameters?: Readonly<Record<string, ParameterAbout>>;
  /** Fields of the JSON body. */
  readonly body?: Readonly<Record<string, FieldAbout>>;
  /** What it answers with when all is well, by status. */
  readonly answers: Readonly<Record<number, AnswerAbout>>;
  /** Statuses of refusals of its own, with their meaning. */
  readonly refusals?: Readonly<Record<number, string>>;
}

export interface ParameterAbout {
  readonly in: 'path' | 'query' | 'header';
  readonly description: string;
  readonly schema: JsonSchema;
}

export interface FieldAbout {
  readonly description: string;
  readonly schema: JsonSchema;
  readonly isRequired?: true;
}

export interface AnswerAbout {
  readonly description: string;
  /** Schemas by content type; null where the content is free text. */
  readonly content: Readonly<Record<string, JsonSchema | null>>;
}

export type JsonSchema = Readonly<Record<string, unknown>>;
