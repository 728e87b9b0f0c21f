/** Asks the health server of another lbex on this host. */
import {bracketed} from '../core/model/listener-key.js'

/** Milliseconds. */
const TIMEOUT = 2000
/** Characters; longer than any answer of an lbex. */
const LONGEST_ANSWER = 4096

/** The health that an lbex on this port reports; undefined for any other answer. */
export async function askHealth(port: number, address = '127.0.0.1'): Promise<string | undefined> {
  try {
    const response = await fetch(`http://${bracketed(address)}:${port}/`, {
      signal: AbortSignal.timeout(TIMEOUT),
    })
    // Any process may have the port, and its answer is printed to a terminal.
    return /^(healthy|unhealthy: \P{C}{1,500})$/u.exec((await beginningOf(response)).trim())?.[0]
  } catch {
    return undefined
  }
}

/** Reads no more of a body than an lbex would send. */
async function beginningOf({body}: Response): Promise<string> {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of body ?? []) {
    text += decoder.decode(chunk as Uint8Array, {stream: true})
    if (text.length > LONGEST_ANSWER) throw new Error('not the answer of an lbex')
  }
  return text
}
