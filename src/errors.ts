/** The one error class and the table of its codes. Imports nothing. */

interface ErrorTraits {
  /** Whether the same request may succeed later without anybody changing anything. */
  readonly retry: boolean;
  /** The process's exit status when this error ends a command. */
  readonly exit: 1 | 64 | 130;
  /** The way out, as one sentence to the user. */
  readonly hint: string;
}

const table = {
  SOURCE_UNREACHABLE: { retry: true, exit: 1, hint: 'Check the address, and that this machine may reach it.' },
  SOURCE_UNAUTHORIZED: { retry: false, exit: 1, hint: 'Check the API key, or the user name and password.' },
  SOURCE_NOT_FOUND: { retry: false, exit: 1, hint: 'Check the name of the branch, the stored query or the file.' },
  SOURCE_REFUSED: { retry: false, exit: 1, hint: 'Read the message: trying again does not help.' },
  SOURCE_INVALID_ANSWER: { retry: false, exit: 1, hint: 'Check that the address is that of an Infrahub API.' },
  SOURCE_TOO_LARGE: { retry: false, exit: 1, hint: 'Split the artifact, or raise the limit.' },
  SOURCE_FAILED: { retry: true, exit: 1, hint: 'The source failed or is overloaded. Try again later.' },
  SOURCE_CHANGING: { retry: true, exit: 1, hint: 'Artifacts change faster than they can be read. Try again later.' },
  DATE_INVALID: { retry: false, exit: 64, hint: 'Write 2026-11-22T12:00:00Z, 2026-11-22, or now-2h.' },
  MANIFEST_INVALID: { retry: false, exit: 1, hint: 'Correct the document at the line and column named above.' },
  MANIFEST_DUPLICATE: { retry: false, exit: 1, hint: 'Keep one of the two documents.' },
  DEFINITION_INVALID: { retry: false, exit: 64, hint: 'Correct what is named above.' },
  KUBECONFIG_INVALID: { retry: false, exit: 64, hint: 'Check --kubeconfig and --context.' },
  DESTINATION_UNKNOWN: {
    retry: false,
    exit: 1,
    hint: 'Correct the field named above, or give its kubeconfig in a Secret (destination.kubeconfigSecretRef).',
  },
  DESTINATION_INVALID: { retry: false, exit: 1, hint: 'Correct the kubeconfig in the Secret named above.' },
  CLUSTER_UNREACHABLE: {
    retry: true,
    exit: 1,
    hint: 'Check the server of the context, and that this machine may reach it.',
  },
  CLUSTER_UNAUTHORIZED: { retry: false, exit: 1, hint: 'Log in to the cluster again.' },
  CLUSTER_FORBIDDEN: { retry: false, exit: 1, hint: 'Ask for the permission, or mend what else the message names.' },
  CLUSTER_REFUSED: {
    retry: false,
    exit: 1,
    hint: 'Read the message of the API server: the object itself must change.',
  },
  CLUSTER_FAILED: { retry: true, exit: 1, hint: 'The API server failed. Try again later.' },
  KIND_UNKNOWN: {
    retry: false,
    exit: 1,
    hint: 'Install the CustomResourceDefinition of this kind, or correct apiVersion and kind.',
  },
  KIND_UNSUPPORTED: {
    retry: false,
    exit: 1,
    hint: 'Leave objects of this kind out of the manifests: its API takes no server-side apply.',
  },
  NOT_FOUND: { retry: false, exit: 1, hint: 'Check the name and the namespace, and that both exist.' },
  CONFLICT: {
    retry: false,
    exit: 1,
    hint: 'Let one of the two writers give the field up, or decide by "conflicts" in the definition.',
  },
  NOT_ADOPTED: {
    retry: false,
    exit: 1,
    hint: 'Take it over with --adopt (from another tool: --adopt Always) or adopt in the definition, or give the manifest another name.',
  },
  IMMUTABLE: {
    retry: false,
    exit: 1,
    hint: 'Undo the change, or allow a new object by replace: WhenImmutable in the definition.',
  },
  DEPENDENCY_FAILED: { retry: false, exit: 1, hint: 'Mend the object that it depends on.' },
  SOURCE_EMPTY: {
    retry: false,
    exit: 1,
    hint: 'Check artifact name and branch, or the manifest. To delete everything on purpose, remove the definition and pass --prune.',
  },
  SET_MISMATCH: {
    retry: false,
    exit: 1,
    hint: 'Pass --set with the name of that set, or give the definition another name.',
  },
  INVENTORY_INVALID: {
    retry: false,
    exit: 1,
    hint: 'Restore the record named above from a backup, or delete it and adopt its objects again.',
  },
  HISTORY_INVALID: { retry: false, exit: 1, hint: 'Choose another revision: vidra history OWNER' },
  HISTORY_UNKNOWN: { retry: false, exit: 1, hint: 'List what there is with: vidra history' },
  INVENTORY_CONTESTED: {
    retry: true,
    exit: 1,
    hint: 'Another process writes the same record all the time. Try again later.',
  },
  PLAN_STALE: { retry: true, exit: 1, hint: 'The cluster changed after planning. Plan again.' },
  PLAN_INVALID: { retry: false, exit: 64, hint: 'Make the file again with: vidra plan --out FILE' },
  PLAN_MISMATCH: {
    retry: false,
    exit: 64,
    hint: 'Use the context and the set that the plan was made with, or plan again.',
  },
  PLAN_OUTDATED: {
    retry: false,
    exit: 1,
    hint: 'Plan again, or pass --allow-outdated to carry out what was saved.',
  },
  TIMEOUT: { retry: true, exit: 1, hint: 'Raise --timeout, or look at what the object waits for.' },
  CONTROL_PLANE_MISSING: {
    retry: false,
    exit: 1,
    hint: 'Install Go 1.26 or newer to build it, or set KUBEBUILDER_ASSETS to a folder with etcd, kube-apiserver and kube-controller-manager.',
  },
  CONTROL_PLANE_FAILED: { retry: false, exit: 1, hint: 'Read the log file named above.' },
  DEMO_FAILED: { retry: false, exit: 1, hint: 'Read what the last step printed.' },
  PROFILE_INVALID: {
    retry: false,
    exit: 1,
    hint: 'Correct or delete the file named above, and see that its folder can be written.',
  },
  PROFILE_UNKNOWN: { retry: false, exit: 64, hint: 'List the profiles with: vidra profile list' },
  USAGE: { retry: false, exit: 64, hint: 'See vidra COMMAND --help.' },
  GUARDED: { retry: false, exit: 1, hint: 'Check what would go. If all of it may, pass the flags named with it.' },
  NOT_CONFIRMED: { retry: false, exit: 1, hint: 'Pass --yes to go on without the question.' },
  INTERRUPTED: { retry: false, exit: 130, hint: 'Run the same command again: it goes on where this one ended.' },
} as const satisfies Record<string, ErrorTraits>;

export type ErrorCode = keyof typeof table;

/** Every code with its traits, for the reference in README.md. */
export const errorTable: Readonly<Record<ErrorCode, ErrorTraits>> = table;

/** Where something was written. `document`, `line` and `column` count from 1. */
export interface Origin {
  /** The file's path, or the URL of the Infrahub. */
  readonly source: string;
  /** The artifact's name and id, or nothing for a file. */
  readonly artifact?: string;
  readonly document: number;
  readonly line: number;
  readonly column: number;
}

/**
 * A failure that has a name and a way out. `subject` is the object or file that it is about and starts the message.
 * Anything thrown that is not a VidraError is a defect of Vidra.
 */
export class VidraError extends Error {
  override readonly name = 'VidraError';
  readonly code: ErrorCode;
  readonly subject: string | undefined;
  /** The place that the subject names. */
  readonly origin: Origin | undefined;

  constructor(
    code: ErrorCode,
    message: string,
    options: { subject?: string; origin?: Origin | undefined; cause?: unknown } = {},
  ) {
    super(options.subject ? `${options.subject}: ${message}` : message, { cause: options.cause });
    this.code = code;
    this.subject = options.subject;
    this.origin = options.origin;
  }

  get hint(): string {
    return table[this.code].hint;
  }

  get retry(): boolean {
    return table[this.code].retry;
  }

  get exit(): number {
    return table[this.code].exit;
  }
}
