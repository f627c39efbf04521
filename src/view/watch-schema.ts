/** The JSON Schema of the lines that a loop prints. */
import type { Trigger } from '../loop/trigger.ts';
import { resultSchema, sharedSchemas } from './document-schema.ts';
import {
  closed,
  count,
  described,
  type Fields,
  listOf,
  type Optional,
  object,
  ref,
  rootOf,
  type Schema,
  word,
} from './json-schema.ts';
import { formatVersion, type WatchFacts } from './watch-document.ts';

interface EventSchema<Facts> {
  readonly description: string;
  readonly facts: Fields<Exclude<keyof Facts, Optional<Facts>>>;
  readonly maybe?: Fields<Optional<Facts>>;
}

/** Of each line that `vidra watch` prints when it is piped. */
export function watchSchema(): Schema {
  return {
    ...rootOf('watch', formatVersion, 'What vidra watch tells, one line an event'),
    oneOf: Object.entries<EventSchema<object>>(eventSchemas).map(([name, { description, facts, maybe }]) =>
      described(
        object({ formatVersion: { const: formatVersion }, time, event: { const: name }, ...facts }, maybe),
        description,
      ),
    ),
    $defs: { ...sharedSchemas(true), trigger: { oneOf: triggerSchemas }, result: resultSchema() },
  };
}

const time: Schema = { type: 'string', format: 'date-time' };
const trigger = described(ref('trigger'), 'why it looks');
const definition = described(word, 'whose run it is, where each definition is run by itself, as in InfrahubSync web');
const milliseconds = described(count, 'how long it took');

/** By name. */
const eventSchemas: { readonly [Name in keyof WatchFacts]: EventSchema<WatchFacts[Name]> } = {
  watching: {
    description: 'the first line',
    facts: {
      set: word,
      server: described(word, 'URL of the home cluster'),
      intervalMs: described(count, 'milliseconds between two looks when nothing happens'),
    },
  },
  reconciling: { description: 'a run begins', facts: { trigger }, maybe: { definition } },
  reconciled: {
    description: 'a run has ended; changes that keep their object are left out',
    facts: { trigger, milliseconds, result: ref('result') },
    maybe: { definition },
  },
  superseded: {
    description:
      'a run was ended at a safe point, for something newer or because all ends; the result is what it had done',
    facts: { trigger },
    maybe: { definition, milliseconds, result: ref('result') },
  },
  failed: {
    description: 'a run could not be made; it is tried again',
    facts: { trigger, problem: ref('problem') },
    maybe: { definition },
  },
  waiting: {
    description: 'nothing can be done before this is mended; it is tried again',
    facts: { problem: ref('problem') },
  },
  shard: {
    description:
      'of several processes this one has or has not a shard of the definitions any more; without shards, it is 0',
    facts: {
      shard: described(count, 'its number, from 0'),
      state: described(
        { enum: ['acquired', 'leaving', 'released', 'lost'] },
        'leaving: nothing more of it begins; lost: others may have it by now',
      ),
    },
  },
  blind: {
    description: 'what cannot be watched, and is looked at with each interval',
    facts: { problem: ref('problem') },
  },
  warned: {
    description: 'what stops nothing, and people should know',
    facts: { problem: ref('problem') },
  },
  settings: {
    description: 'the settings in the cluster say something else than the defaults, or than before',
    facts: {
      syncIntervalMs: described(count, 'milliseconds between two looks at an InfrahubSync; 0 is never'),
      resourceIntervalMs: described(count, 'the same of a VidraResource'),
      queryName: described(word, 'the stored query that finds artifacts'),
      reconcileOnEvents: described(
        { type: 'boolean' },
        'whether changes in a cluster start a run, for all definitions',
      ),
    },
  },
  definitions: {
    description: 'the files say something else',
    facts: { count: described(count, 'how many definitions there are') },
  },
  unreadable: {
    description: 'the files cannot be read; what they said before still holds',
    facts: { problem: ref('problem') },
  },
  ended: { description: 'the last line', facts: {} },
};

const plainTriggers: Record<Exclude<Trigger['type'], 'drift'>, true> = {
  start: true,
  interval: true,
  retry: true,
  access: true,
  definitions: true,
  source: true,
};
const triggerSchemas = [
  object({ type: { enum: Object.keys(plainTriggers) } }),
  closed<Extract<Trigger, { type: 'drift' }>>(
    {
      type: { const: 'drift' },
      objects: described(listOf(word), 'what somebody changed or removed, as in Deployment shop/web'),
    },
    {},
  ),
];
