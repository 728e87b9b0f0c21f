/** Serves the state API on a unix socket in --nginx-dir, for `lbex status` and `lbex explain` on the same host. */
import {once} from 'node:events'
import {chmod, lstat, rename, rm} from 'node:fs/promises'
import {dirname, join} from 'node:path'
import {messageOf} from '../../diagnostics/failure.js'
import {makePrivateFolder} from '../../util/make-folder.js'
import {createOneRequestServer, type HttpRequest, type HttpResponse} from '../../util/one-request-server.js'
import {answerStateRequest, type StateAnswers} from './state-api.js'

/** No longer than the socket of NGINX in this folder, so that it fits into the address of a unix socket too. */
export function stateSocketIn(directory: string): string {
  return join(directory, 'api/lbex.sock')
}

export type StateSocket = {
  /** Also removes the socket. */
  readonly close: () => Promise<void>
}

/**
 * Listens in `directory`, whose lock the caller holds: a socket that is there already belongs to an lbex that was killed. Rejects
 * with the system's error.
 */
export async function openStateSocket(directory: string, view: StateAnswers): Promise<StateSocket> {
  const path = stateSocketIn(directory)
  const folder = dirname(path)
  await makePrivateFolder(folder)
  if (!(await lstat(folder)).isDirectory()) throw new Error(`${folder} is not a folder`)
  // Renamed, so that no client connects too early, and so that closing the server does not remove the socket of the next lbex.
  const own = join(folder, `${process.pid}.sock`)
  await rm(own, {force: true})
  const {server, close} = createOneRequestServer((request) => answer(request, view))
  server.listen(own)
  await once(server, 'listening')
  await chmod(own, 0o600)
  const {ino} = await lstat(own)
  await rename(own, path)
  return {
    close: async () => {
      await close()
      if ((await lstat(path).catch(() => undefined))?.ino === ino) await rm(path, {force: true})
    },
  }
}

/** A bug in the state must not end lbex. */
async function answer(request: HttpRequest, view: StateAnswers): Promise<HttpResponse> {
  try {
    return await answerStateRequest(request, view)
  } catch (error) {
    return {status: 500, text: `${JSON.stringify({error: `this is a bug in lbex: ${messageOf(error)}`})}\n`}
  }
}
