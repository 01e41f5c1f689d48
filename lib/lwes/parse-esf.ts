import { VigilError } from '../errors.ts';
import { META_EVENT, type Esf, type EsfAttribute, type EsfEvent } from './esf.ts';
import { readEsfAttribute } from './esf-attribute.ts';
import { EsfReader } from './esf-reader.ts';

export interface ParseEsfOptions {
  /** Named in errors; default `<text>`. */
  readonly file?: string;
}

/**
 * Reads an event specification. A text without events is one.
 *
 * @throws ERR_ESF - it cannot be read, or names an event or an attribute twice; an {@link EsfError}
 * @throws ERR_ARGUMENT - it is no text
 */
export function parseEsf(text: string, options: ParseEsfOptions = {}): Esf {
  if (typeof text !== 'string')
    throw new VigilError(
      'ERR_ARGUMENT',
      `expected the text of a specification, found ${typeof text}`,
    );
  const reader = new EsfReader(text.replace(/^\ufeff/, ''), options.file ?? '<text>');
  const events = new Map<string, EsfEvent>();
  while (reader.peek.kind !== 'end') {
    const place = reader.peek;
    const event = readEvent(reader);
    if (events.has(event.name)) reader.fail(`event "${event.name}" stands here twice`, place);
    events.set(event.name, event);
  }
  return { events: inherit(events) };
}

function readEvent(reader: EsfReader): EsfEvent {
  const comments = [...reader.peek.above];
  const name = reader.takeName('the name of an event');
  const attributes = new Map<string, EsfAttribute>();
  const open = reader.takeSign('{', `behind event "${name}"`);
  if (open.behind !== null) comments.push(open.behind);
  while (reader.peek.text !== '}' || reader.peek.kind !== 'sign') {
    const place = reader.peek;
    const attribute = readEsfAttribute(reader, name);
    if (attributes.has(attribute.name)) {
      reader.fail(`attribute "${attribute.name}" stands in event "${name}" twice`, place);
    }
    attributes.set(attribute.name, attribute);
  }
  reader.take();
  return { name, attributes, documentation: comments.join('\n').trim() };
}

/** What an event says itself goes before what it inherits. */
function inherit(events: Map<string, EsfEvent>): Map<string, EsfEvent> {
  const inherited = [...(events.get(META_EVENT)?.attributes.values() ?? [])].map(
    (attribute): EsfAttribute => ({ ...attribute, isInherited: true }),
  );
  events.delete(META_EVENT);
  for (const event of events.values()) {
    const missing = inherited.filter(({ name }) => !event.attributes.has(name));
    const attributes = [...event.attributes.values(), ...missing];
    events.set(event.name, {
      ...event,
      attributes: new Map(attributes.map((attribute) => [attribute.name, attribute])),
    });
  }
  return events;
}
