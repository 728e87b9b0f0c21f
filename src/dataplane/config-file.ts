/** One file of the NGINX configuration that is wanted, as a value. */
import type {ObjectRef} from '../diagnostics/diagnostic.js'
import type {ListenerKey} from '../core/model/listener-key.js'

export type ConfigFile = {
  /** Relative to the folder of nginx.conf: `nginx.conf`, or `services/NAME.conf`, where NAME ends in a hash of the text. */
  readonly path: string
  readonly text: string
  /** The Service that the file serves; absent for nginx.conf. */
  readonly owner?: ObjectRef
  readonly listeners: readonly ListenerKey[]
}
