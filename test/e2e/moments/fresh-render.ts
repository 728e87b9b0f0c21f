/** Compares what NGINX serves with a fresh `lbex render` in this process: the start of another one would take longer than all else. */
import {render} from '../../../src/cli/run/render.js'
import {parseFlags} from '../../../src/cli/parse-flags.js'
import RenderCommand from '../../../src/commands/render.js'
import {LOCAL_BACKENDS} from '../../commands/lbex.js'
import type {Host} from '../host.js'

type RenderFlags = Parameters<typeof render>[0]

/** The difference, as `lbex render --diff live` prints it; undefined if there is none. */
export async function differenceFromFresh(
  host: Host,
  parameters: readonly string[],
): Promise<string | undefined> {
  const argv = [...host.renderFlags, ...parameters, '--diff', 'live']
  const flags = await parseFlags(RenderCommand.flags, argv, LOCAL_BACKENDS)
  const {output, notes} = await render(flags as RenderFlags, [])
  return output === '' && /^no differences$/m.test(notes) ? undefined : notes + output
}
