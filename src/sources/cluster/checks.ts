/** Checks of everything that an API server sends. Each throws an ApiFailure. */
import {ApiFailure} from '../../kube/api-failure.js'
import {isOlder} from '../../kube/resource-version.js'
import {maxBytes} from './size.js'

/**
 * A server that sends more and more must not make lbex run out of memory. `size` and `memory` are bytes; default: half of the
 * heap limit.
 */
export function checkSize(size: number, plural: string, memory = maxBytes()): void {
  if (size <= memory) return
  const limit = `${Math.round(memory / 2 ** 20)} MiB`
  throw new ApiFailure(
    `the ${plural} of the cluster take more than ${limit} of memory; lbex stops reading them`,
    {
      code: 'api-too-much',
      hint: 'read fewer namespaces with --namespace, or give lbex more memory: NODE_OPTIONS=--max-old-space-size=MIB',
      temporary: true,
    },
  )
}

/** A server that sends an older resource version than `known` has lost its history, or was replaced. */
export function checkHistory(resourceVersion: string, known: string): void {
  if (!isOlder(resourceVersion, known)) return
  throw new ApiFailure(`the resource version of the cluster went back to ${resourceVersion}`, {
    code: 'api-gone',
    temporary: true,
  })
}
