/** Logs the objects of one kind that have values of a wrong type. Of each list, only the first few are logged. */
import {messageOf} from '../../diagnostics/failure.js'
import type {KubeObject} from '../../kube/answers.js'
import type {Logger} from '../../util/logger.js'

/** Per list: a broken server may send 100,000 of them. */
const MAX_LOGGED = 20

export class UnreadableLog {
  private kind = ''
  /** Unreadable objects in the current list; undefined outside of a list. */
  private inList: number | undefined

  constructor(private readonly log: Logger) {}

  beginList(kind: string): void {
    this.kind = kind
    this.inList = 0
  }

  /** Must be called after a list that failed, too. */
  endList(): void {
    const count = (this.inList ?? 0) - MAX_LOGGED
    this.inList = undefined
    if (count > 0) this.log.warn('more objects cannot be read', {kind: this.kind, count})
  }

  report({metadata: {namespace, name}}: KubeObject, error: unknown): void {
    if (this.inList !== undefined && ++this.inList > MAX_LOGGED) return
    this.log.warn('an object cannot be read; its last readable version is used, if there is one', {
      kind: this.kind,
      name: namespace === undefined ? name : `${namespace}/${name}`,
      error: messageOf(error),
    })
  }
}
