/** What a holder of leases says aloud. */
import { VidraError } from '../errors.ts';

export type LeaseEvent =
  /** From here on it is known who holds what. */
  | { readonly type: 'following' }
  /** `leaving`: nothing new begins, and what runs may end. `lost`: others may have it by now. */
  | { readonly type: 'acquired' | 'leaving' | 'released' | 'lost'; readonly shard: number }
  /** Said once, until it succeeds or fails in another way. */
  | { readonly type: 'failed'; readonly lease: string; readonly error: VidraError };

/** Says what fails, not again and again, and throws what is a defect. `undefined`: it has succeeded. */
export function reporter(emit: (event: LeaseEvent) => void): (lease: string, error: unknown) => void {
  const said = new Map<string, string>();
  return (lease, error) => {
    if (error === undefined) return void said.delete(lease);
    if (!(error instanceof VidraError)) throw error;
    if (said.get(lease) === error.message) return;
    said.set(lease, error.message);
    emit({ type: 'failed', lease, error });
  };
}
