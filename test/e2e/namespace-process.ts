/** A process in a network namespace that is a backend, or a client of lbex, as the test orders. */
import {startTcpBackend} from '../support/backends.js'
import {askTcp} from '../support/traffic.js'

export type NamespaceOrder =
  | {readonly listen: {readonly name: string; readonly address: string; readonly port: number}}
  /** Connects `count` times, one after the other. Each answer must come within `patience` milliseconds. */
  | {
      readonly ask: {
        readonly address: string
        readonly port: number
        readonly count: number
        readonly patience: number
      }
    }

/** The answers; of a connection that failed, the reason. Empty for a backend. */
export type NamespaceAnswer = readonly string[]

async function obey(order: NamespaceOrder): Promise<NamespaceAnswer> {
  if ('listen' in order) {
    await startTcpBackend(order.listen.name, order.listen)
    return []
  }
  const {address, port, count, patience} = order.ask
  const answers: string[] = []
  for (let at = 0; at < count; at += 1) {
    const asked = askTcp({address, port}, patience)
    answers.push(await asked.catch(({message}: Error) => `failed: ${message}`))
  }
  return answers
}

process.on('message', (order: NamespaceOrder) => void obey(order).then((answer) => process.send?.(answer)))
process.on('disconnect', () => process.exit())
