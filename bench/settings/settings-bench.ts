/** What settings of Services cost NGINX: for each connection, and for each reload. */
import {benchConnections} from './connections.js'
import {benchNameReloads} from './names.js'
import {benchReloads} from './reloads.js'
import {benchTls} from './tls.js'

export async function benchSettings(): Promise<object[]> {
  return [
    ...(await benchConnections()),
    ...(await benchTls()),
    await benchNameReloads(),
    await benchReloads(),
  ]
}
