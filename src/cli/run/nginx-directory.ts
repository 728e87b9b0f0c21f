import {homedir} from 'node:os'
import {join, resolve} from 'node:path'

/** The default for root, and for a `render` that must not depend on the host. */
export const SYSTEM_DIRECTORY = '/var/lib/lbex/nginx'

/**
 * The folder of --nginx-dir, absolute. Without the flag /var/lib/lbex/nginx for root, and the state folder of the XDG
 * base directory specification for others: https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function nginxDirectory(
  flag: string | undefined,
  environment: Readonly<Record<string, string | undefined>> = process.env,
  uid: number | undefined = process.getuid?.(),
): string {
  if (flag !== undefined) return resolve(flag)
  if (uid === 0) return SYSTEM_DIRECTORY
  const state = environment['XDG_STATE_HOME'] || join(environment['HOME'] || homedir(), '.local', 'state')
  return join(state, 'lbex', 'nginx')
}
