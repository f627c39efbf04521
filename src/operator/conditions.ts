/** Conditions as Kubernetes has them: what changed, since when, and for which generation. Pure. */
import type { JsonObject } from '../manifest/manifest.ts';

export interface Condition extends JsonObject {
  readonly type: string;
  readonly status: 'True' | 'False' | 'Unknown';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  /** In ISO 8601. */
  readonly lastTransitionTime: string;
}

/** What is to be said of one type. */
export interface Saying {
  readonly status: Condition['status'];
  /** One word in CamelCase, for programs. */
  readonly reason: string;
  /** For people. */
  readonly message: string;
  /** Of the definition that it is said of, where that is not the present one. */
  readonly observedGeneration?: number;
}

/** As many characters as the schema lets a message have. */
const longestMessage = 32_768;

/** `before` are those of the stored status; `now` is in ISO 8601. */
export function conditionsAfter(
  before: readonly Condition[],
  sayings: Readonly<Record<string, Saying>>,
  generation: number,
  now: string,
): Condition[] {
  return Object.entries(sayings).map(
    ([type, { status, reason, message, observedGeneration = generation }]): Condition => {
      const old = before.find((condition) => condition.type === type);
      return {
        type,
        status,
        reason,
        message: message.slice(0, longestMessage),
        observedGeneration,
        lastTransitionTime: old?.status === status ? old.lastTransitionTime : now,
      };
    },
  );
}

/** An error code as a reason: `SOURCE_UNREACHABLE` is `SourceUnreachable`. */
export function reasonOf(code: string): string {
  return code
    .toLowerCase()
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}
