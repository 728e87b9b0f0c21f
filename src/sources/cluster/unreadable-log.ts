/** Logs which objects of one kind have values of a wrong type; of those in one list, the first few are named. */
import {messageOf} from '../../diagnostics/failure.js'
import type {KubeObject} from '../../kube/answers.js'
import type {Logger} from '../../util/logger.js'

/** Objects of one list that are named; a server that has gone wrong may send 100,000 of them. */
const MAX_LOGGED = 20

export class UnreadableLog {
  private kind = ''
  /** Undefined while no list is read: an event is about one object. */
  private inList: number | undefined

  constructor(private readonly log: Logger) {}

  beginList(kind: string): void {
    this.kind = kind
    this.inList = 0
  }

  /** Also after a list that failed. */
  endList(): void {
    const count = (this.inList ?? 0) - MAX_LOGGED
    this.inList = undefined
    if (count > 0) this.log.warn('more objects cannot be read', {kind: this.kind, count})
  }

  tell({metadata: {namespace, name}}: KubeObject, error: unknown): void {
    if (this.inList !== undefined && ++this.inList > MAX_LOGGED) return
    this.log.warn('an object cannot be read; its last readable version is used, if there is one', {
      kind: this.kind,
      name: namespace === undefined ? name : `${namespace}/${name}`,
      error: messageOf(error),
    })
  }
}
