/** What a refusal is about: told by status and structure, and by text where nothing else says it. */
import { VidraError } from '../errors.ts';

/** The kind `Status` of the API, as far as it is read. */
export interface Status {
  readonly message?: string;
  readonly reason?: string;
  readonly details?: { readonly causes?: readonly { reason?: string; message?: string; field?: string }[] };
}

/** What the server said, kept as the cause of the VidraError. */
export interface Refusal {
  readonly httpStatus: number;
  readonly status: Status;
}

/** Nothing when the error does not come from an answer of an API server. */
export function refusalOf(error: unknown): Refusal | undefined {
  if (!(error instanceof VidraError)) return undefined;
  const { cause } = error;
  return typeof cause === 'object' && cause !== null && 'httpStatus' in cause ? (cause as Refusal) : undefined;
}

/** The fields that the server refuses, when it refuses the object for what is written in it, whatever namespace it is in and whoever asks. */
export function refusedFields(error: unknown): readonly string[] | undefined {
  const { httpStatus, status } = refusalOf(error) ?? {};
  if (httpStatus === undefined || status?.message?.startsWith('admission webhook ')) return undefined;
  // Written in a way that the kind does not have: the server has no reason for it, and no causes.
  if (/^failed to create typed patch object|strict decoding error/.test(status?.message ?? '')) return [];
  // Policies of admission also call an object invalid, but name no field.
  const fields = (status?.details?.causes ?? []).map(({ field }) => field);
  const isInvalid = httpStatus === 422 && status?.reason === 'Invalid' && fields.length > 0;
  return isInvalid && fields.every((field) => field !== undefined) ? (fields as string[]) : undefined;
}

/** The admission webhook that takes no dry-runs, so that the server tries nothing that goes through it. */
export function webhookWithoutDryRun(error: unknown): string | undefined {
  const { httpStatus, status } = refusalOf(error) ?? {};
  if (httpStatus !== 400) return undefined;
  return /^admission webhook "(.+)" does not support dry run/.exec(status?.message ?? '')?.[1];
}

/** Whether the cluster does not answer at all, or not to this caller: nothing else can be asked either. */
export function isAboutTheCluster({ code }: VidraError): boolean {
  return code === 'CLUSTER_UNREACHABLE' || code === 'CLUSTER_UNAUTHORIZED' || code === 'INTERRUPTED';
}
