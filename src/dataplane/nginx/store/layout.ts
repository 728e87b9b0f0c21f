/** The paths in the folder of one NGINX (--nginx-dir). */
import {isAbsolute, join, resolve} from 'node:path'
import {Failure, messageOf} from '../../../diagnostics/failure.js'
import {makeFolder} from '../../../util/make-folder.js'

export type Layout = {
  readonly directory: string
  /** Immutable files, one for each Service and each shared listener, named by their content. */
  readonly services: string
  readonly generations: string
  /** Certificates with their keys, named by their content, in a folder that only the user of lbex can enter. */
  readonly tls: string
  /** The link that names the generation in use, and is switched atomically. */
  readonly current: string
  /** The configuration that NGINX is started with. */
  readonly config: string
  readonly pidFile: string
  /** Unix socket on which NGINX answers with the generation that it serves. */
  readonly versionSocket: string
  /** Unix socket on which NGINX takes changes of servers, in a folder that only the user of lbex can enter. */
  readonly liveSocket: string
  /** What NGINX loads so that it takes them only from lbex. */
  readonly liveKey: string
  readonly errorLog: string
  /** Output of NGINX from before it opens its log. */
  readonly startLog: string
}

/** `sun_path` holds 108 bytes with the closing zero (https://man7.org/linux/man-pages/man7/unix.7.html). */
const LONGEST_SOCKET = 107

/** Throws the Failure `directory-invalid` for a path that cannot be written in an NGINX configuration. */
export function layoutOf(path: string): Layout {
  const directory = resolve(path)
  const problem = problemWith(path, join(directory, 'run/version.sock'))
  if (problem) throw invalid(path, problem)
  return {
    directory,
    services: join(directory, 'services'),
    generations: join(directory, 'generations'),
    tls: join(directory, 'tls'),
    current: join(directory, 'current'),
    config: join(directory, 'current/nginx.conf'),
    pidFile: join(directory, 'run/nginx.pid'),
    versionSocket: join(directory, 'run/version.sock'),
    liveSocket: join(directory, 'live/push.sock'),
    liveKey: join(directory, 'live/key.conf'),
    errorLog: join(directory, 'logs/error.log'),
    startLog: join(directory, 'run/start.log'),
  }
}

/** Rejects with the Failure `directory-unusable`. */
export async function makeFolders({directory, services, generations}: Layout): Promise<void> {
  const folders = [services, generations, join(directory, 'run'), join(directory, 'logs')]
  try {
    await Promise.all(folders.map(makeFolder))
  } catch (cause) {
    throw new Failure(`the folder of NGINX cannot be created: ${messageOf(cause)}`, {
      code: 'directory-unusable',
      hint: 'choose a folder that lbex can write to with --nginx-dir',
      cause,
    })
  }
}

function problemWith(path: string, socket: string): string | undefined {
  if (!isAbsolute(path)) return 'it is not absolute'
  if (!/^[\w./+-]+$/.test(path)) return 'it may contain only letters, digits and . _ / + -'
  const excess = Buffer.byteLength(socket) - LONGEST_SOCKET
  return excess > 0 ? `it is ${excess} characters too long for a unix socket in it` : undefined
}

function invalid(path: string, problem: string): Failure {
  return new Failure(`${path} cannot be the folder of NGINX: ${problem}`, {
    code: 'directory-invalid',
    hint: 'choose another folder with --nginx-dir, such as /var/lib/lbex/nginx',
  })
}
