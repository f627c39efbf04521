/** The public configuration that GET /api/config shows. */

import type { InfrahubVersion } from './infrahub-answer.ts';

/** As a fresh installation of this version shows it. */
export function publicConfig(version: InfrahubVersion, address: string, anonymous: boolean): object {
  const newer = version === '1.11.9';
  const main = {
    docs_index_path: '/opt/infrahub/docs/build/search-index.json',
    internal_address: address,
    allow_anonymous_access: anonymous,
    anonymous_access_role: 'Anonymous User',
    telemetry_optout: true,
    telemetry_endpoint: 'https://telemetry.opsmill.cloud/infrahub',
    permission_backends: ['infrahub.permissions.LocalPermissionBackend'],
    public_url: null,
    schema_strict_mode: true,
  };
  const mainSince = {
    diff_update_after_merge: true,
    delete_branch_after_merge: false,
    selective_execution_after_merge: true,
    merge_failure_grace_period_seconds: 180,
  };
  const since = {
    ldap: { enabled: false, display_label: 'Sign in with LDAP', icon: 'mdi:account-key-outline' },
    installation_type: 'community',
    policy: { required_proposed_change_approvals: 0, revoke_proposed_change_approvals: false },
  };
  return {
    main: { ...main, ...(newer && mainSince) },
    logging: { remote: { enable: false, frontend_dsn: null, api_server_dsn: null, git_agent_dsn: null } },
    analytics: { enable: false, address: null, api_key: null },
    experimental_features: { graphql_enums: false, value_db_index: false },
    sso: { providers: [], enabled: false },
    ...(newer && since),
  };
}
