/** The client of the health server of another lbex on this host. */
import {bracketed} from '../core/model/listener-key.js'

/** Milliseconds for an answer. */
const PATIENCE = 2000
/** Characters; more than an lbex says. */
const LONGEST_ANSWER = 4096

/** What an lbex on this port says of its health; undefined for any other answer. */
export async function askHealth(port: number, address = '127.0.0.1'): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${bracketed(address)}:${port}/`, {
      signal: AbortSignal.timeout(PATIENCE),
    })
    // Any process may have the port: what it says goes to a terminal.
    return /^(healthy|unhealthy: \P{C}{1,500})$/u.exec((await beginningOf(response)).trim())?.[0]
  } catch {
    return undefined
  }
}

/** No more of a body than an lbex would send. */
async function beginningOf({body}: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, {stream: true})
    if (text.length > LONGEST_ANSWER) throw new Error('this is not the answer of an lbex')
  }
  return text
}
