/** Which listeners of a rendered configuration this host cannot give, for `render --validate` and `render --diff live`. */
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import {listenerId} from '../../core/model/listener-key.js'
import type {NginxFile} from '../../dataplane/nginx-file.js'
import {probeFiles} from '../../dataplane/nginx/apply/probe-files.js'
import {layoutOf, type Layout} from '../../dataplane/nginx/store/layout.js'
import {EMPTY_INDEX, type GenerationIndex} from '../../dataplane/nginx/store/generation-index.js'
import {TreeReader} from '../../dataplane/nginx/store/tree-reader.js'
import {Failure} from '../../diagnostics/failure.js'
import {isListening} from '../../util/ask-socket.js'
import {systemClock} from '../../util/clock.js'

/**
 * Binds each listener of `files` for a moment, as `lbex run` does. The listeners of the NGINX that lbex runs in `directory` are
 * not tried: they would look as if another program held them.
 */
export async function probeHost(files: readonly NginxFile[], directory: string): Promise<HostState> {
  const probed = await probeFiles(files, await ownedByNginx(directory))
  const unavailable = new Map(probed.map(({key, error}) => [listenerId(key), error]))
  return {...UNKNOWN_HOST_STATE, unavailable, now: systemClock.now()}
}

/** The generation whose listeners NGINX has; undefined if NGINX runs and nothing on disk says which. */
async function ownedByNginx(directory: string): Promise<GenerationIndex | undefined> {
  const layout = layoutIn(directory)
  // Each NGINX of the folder listens on this socket, even one whose processes the caller may not see.
  if (!layout || !(await isListening(layout.versionSocket))) return EMPTY_INDEX
  return readCurrentIndex(layout).catch(() => undefined)
}

/** Undefined for a path that no NGINX of lbex can use. */
function layoutIn(directory: string): Layout | undefined {
  try {
    return layoutOf(directory)
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

async function readCurrentIndex(layout: Layout): Promise<GenerationIndex | undefined> {
  const tree = new TreeReader(layout)
  const id = await tree.current()
  return id === undefined ? undefined : tree.readIndex(id)
}
