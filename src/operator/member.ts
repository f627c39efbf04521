/** A definition in a run. */
import type { Definition } from '../definition/definition.ts';
import type { Followed } from './followed.ts';
import type { Task } from './queue.ts';

/** A definition that can be read, and is due. */
export type Ready = Task & Followed & { readonly definition: Definition };
