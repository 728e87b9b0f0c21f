/** The paths of this process's open files, which process substitution and standard input and output use. */
import {resolve} from 'node:path'

const STREAM = /^\/(?:dev\/(?:stdin|stdout|stderr|fd\/\d+)|proc\/(?:self|thread-self|\d+)\/fd\/\d+)$/

/** True for `/dev/stdin`, `/dev/fd/N`, `/proc/self/fd/N` and the like, whatever they refer to; false for a link to one of them. */
export function isOwnStream(path: string): boolean {
  return STREAM.test(resolve(path))
}
