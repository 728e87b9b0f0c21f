/** One HTTP request to a server on a unix socket. */
import {request} from 'node:http'
import {text} from 'node:stream/consumers'

export type SocketResponse = {readonly status: number; readonly text: string}

/**
 * GET `target`. Rejects with the system's error, with `code` ENOENT or ECONNREFUSED if no process listens there, EACCES if lbex may
 * not connect, and ABORT_ERR if the answer takes longer than `limit` milliseconds.
 */
export function getFromSocket(path: string, target: string, limit: number): Promise<SocketResponse> {
  return new Promise((resolve, reject) => {
    const signal = AbortSignal.timeout(limit)
    const asked = request({socketPath: path, path: target, headers: {Host: 'lbex'}, signal}, (response) => {
      text(response).then((body) => resolve({status: response.statusCode ?? 0, text: body}), reject)
    })
    asked.on('error', reject).end()
  })
}
