/** How an object is, and why. */

export interface Health {
  readonly state: 'current' | 'progressing' | 'failed';
  /** For people: what it waits for, or why it failed. Empty when current. */
  readonly reason: string;
}

/** It is as its manifest asks for. */
export const current: Health = { state: 'current', reason: '' };

/** It is on its way, or will never arrive: nobody knows. */
export function progressing(reason: string): Health {
  return { state: 'progressing', reason };
}

/** It will not arrive unless somebody does something. */
export function failed(reason: string): Health {
  return { state: 'failed', reason };
}
