/** Errors of the file system in the folder of one NGINX. */
import {Failure, messageOf} from '../../../diagnostics/failure.js'

/** For `catch`: an error of the file system becomes a temporary Failure. */
export function diskFailure(cause: unknown): never {
  throw new Failure(`the folder of NGINX cannot be written: ${messageOf(cause)}`, {
    code: 'directory-unusable',
    hint: 'lbex needs free disk space and write permission there (--nginx-dir)',
    temporary: true,
    cause,
  })
}

/** For `catch`: undefined if the file does not exist. */
export function absent(error: NodeJS.ErrnoException): undefined {
  return ignoring('ENOENT')(error)
}

/** For `catch`: ignores the one error that is expected. */
export function ignoring(code: string): (error: NodeJS.ErrnoException) => undefined {
  return (error) => {
    if (error.code !== code) throw error
  }
}
