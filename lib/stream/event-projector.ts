import type { LwesAttribute, LwesEvent } from '../lwes/lwes-event.ts';
import type { Projection } from '../subscription/projection.ts';
import { ClientConfigError } from './client-config-error.ts';
import type { SubscriptionConfig } from '../subscription/subscription-engine.ts';
import type { ChannelItem } from './channel-item.ts';
import { type ClientConfig, type EventFilter, identityOf } from './client-config.ts';
import type { LinearPattern } from './re2js-adapter.ts';
import { filterTextOf } from './value-text.ts';

interface CompiledFilter {
  readonly name: LinearPattern;
  readonly attribute: string;
  readonly value: LinearPattern;
}

/** What is done with the events of one name. */
interface Plan {
  /** The beginning of the text of each of them. */
  readonly head: string;
  /** Null: all. */
  readonly wanted: readonly string[] | null;
  readonly filters: readonly CompiledFilter[];
}

/** Names come from outside. */
const MOST_REMEMBERED = 1000;
/** Of all patterns of a configuration, so that no event costs much. */
const MOST_INSTRUCTIONS = 10_000;

/** Filters events for one configuration, and writes what is wanted of them as JSON. */
export class EventProjector implements SubscriptionConfig<ChannelItem> {
  readonly key: string;
  /** The names of the events it is asked about; null: all. */
  readonly names: readonly string[] | null;
  readonly #config: ClientConfig;
  readonly #write: (attribute: LwesAttribute) => string;
  readonly #filters: readonly CompiledFilter[];
  readonly #plans = new Map<string, Plan | null>();
  readonly #keys = new Map<string, string>();

  /** @throws ClientConfigError when a filter is no regular expression */
  constructor(config: ClientConfig, write: (attribute: LwesAttribute) => string) {
    const { requests } = config;
    this.key = identityOf(config);
    this.names = requests.has('') ? null : [...requests.keys()];
    this.#config = config;
    this.#write = write;
    this.#filters = compileFilters(config.filters);
  }

  /** Null: the event is not wanted. */
  project({ event, number }: ChannelItem): Projection | null {
    const plan = this.#planFor(event.name);
    if (plan === null || !plan.filters.every((filter) => isPassed(filter, event))) return null;
    const text = `${plan.head}${this.#writeAttributes(event, plan.wanted)}}}`;
    return {
      text,
      position: number,
      keyOf: (name) => `${event.name}\n${conflationValue(event, name)}`,
    };
  }

  #writeAttributes({ attributes }: LwesEvent, wanted: Plan['wanted']): string {
    let text = '';
    const add = (attribute: LwesAttribute): void => {
      text += `${text === '' ? '' : ','}${this.#keyText(attribute.name)}${this.#write(attribute)}`;
    };
    if (wanted === null) for (const attribute of attributes) add(attribute);
    else
      for (const name of wanted) {
        const attribute = findLast(attributes, name);
        if (attribute !== undefined) add(attribute);
      }
    return text;
  }

  #planFor(name: string): Plan | null {
    const known = this.#plans.get(name);
    if (known !== undefined) return known;
    if (this.#plans.size >= MOST_REMEMBERED) this.#plans.clear();
    const plan = this.#createPlan(name);
    this.#plans.set(name, plan);
    return plan;
  }

  #createPlan(name: string): Plan | null {
    const { requests, filterMode } = this.#config;
    const wanted = requests.get(name) ?? requests.get('');
    if (wanted === undefined) return null;
    const filters = this.#filters.filter((filter) => filter.name.matches(name));
    if (filterMode === 'all' && filters.length < this.#filters.length) return null;
    const head = `{"name":${JSON.stringify(name)},"attrs":{`;
    return { head, filters, wanted: wanted.length === 0 ? null : wanted };
  }

  #keyText(name: string): string {
    let text = this.#keys.get(name);
    if (text === undefined) {
      if (this.#keys.size >= MOST_REMEMBERED) this.#keys.clear();
      text = `${JSON.stringify(name)}:`;
      this.#keys.set(name, text);
    }
    return text;
  }
}

function compileFilters(filters: readonly EventFilter[]): CompiledFilter[] {
  let size = 0;
  const compile = (source: string): LinearPattern => {
    const { compilePattern } = require('./re2js-adapter') as typeof import('./re2js-adapter.ts');
    let pattern: LinearPattern;
    try {
      pattern = compilePattern(source);
    } catch (error) {
      throw new ClientConfigError((error as Error).message);
    }
    size += pattern.size;
    if (size > MOST_INSTRUCTIONS)
      throw new ClientConfigError('the regular expressions of the filters are too large');
    return pattern;
  };
  return filters.map(({ name, attribute, value }) => ({
    name: compile(name),
    attribute,
    value: compile(value),
  }));
}

function isPassed({ attribute, value }: CompiledFilter, event: LwesEvent): boolean {
  const found = findLast(event.attributes, attribute);
  return found !== undefined && value.matches(filterTextOf(found));
}

function conflationValue(event: LwesEvent, name: string): string {
  const found = findLast(event.attributes, name);
  return found === undefined ? '' : filterTextOf(found);
}

/** Of attributes of one name the last one holds. */
function findLast(attributes: readonly LwesAttribute[], name: string): LwesAttribute | undefined {
  for (let at = attributes.length - 1; at >= 0; at -= 1) {
    const attribute = attributes[at];
    if (attribute?.name === name) return attribute;
  }
  return undefined;
}
