/** Which listeners of a rendered configuration this host cannot give, for `render --validate` and `render --diff live`. */
import {UNKNOWN_HOST_STATE, type HostState} from '../../core/model/host-state.js'
import {listenerId} from '../../core/model/listener-key.js'
import type {ConfigFile} from '../../dataplane/config-file.js'
import {probeFiles} from '../../dataplane/nginx/apply/probe-files.js'
import {layoutOf, type Layout} from '../../dataplane/nginx/store/layout.js'
import {EMPTY, type Manifest} from '../../dataplane/nginx/store/manifest.js'
import {Tree} from '../../dataplane/nginx/store/tree.js'
import {Failure} from '../../diagnostics/failure.js'
import {isListening} from '../../util/ask-socket.js'

/**
 * Binds each listener of `files` for a moment, as `lbex run` does. The listeners of the NGINX that lbex runs in `directory` are
 * not tried: they would look as if another program held them.
 */
export async function probeHost(files: readonly ConfigFile[], directory: string): Promise<HostState> {
  const probed = await probeFiles(files, await ownedByNginx(directory))
  return {...UNKNOWN_HOST_STATE, unavailable: new Map(probed.map(({key, error}) => [listenerId(key), error]))}
}

/** The generation whose listeners NGINX has; undefined if NGINX runs and nothing on disk says which. */
async function ownedByNginx(directory: string): Promise<Manifest | undefined> {
  const layout = layoutIn(directory)
  // Each NGINX of the folder listens on this socket, even one whose processes the caller may not see.
  if (!layout || !(await isListening(layout.versionSocket))) return EMPTY
  return readCurrentManifest(layout).catch(() => undefined)
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

async function readCurrentManifest(layout: Layout): Promise<Manifest | undefined> {
  const tree = await Tree.open(layout)
  const id = await tree.current()
  return id === undefined ? undefined : tree.readManifest(id)
}
