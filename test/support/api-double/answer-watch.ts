/** GET with watch=true (https://kubernetes.io/docs/reference/using-api/api-concepts/#efficient-detection-of-changes). */
import type {Outlet} from './faults.js'
import {isIn, type Change, type History} from './history.js'
import type {Target} from './resources.js'
import {tooOldVersion} from './status.js'

export class Watch {
  private readonly stops: (() => void)[] = []
  private ended = false

  constructor(
    private readonly history: History,
    private readonly target: Target,
    private readonly query: URLSearchParams,
    private readonly outlet: Outlet,
    private readonly onEnd: () => void,
  ) {}

  /** `bookmarkEvery`: milliseconds. */
  start(bookmarkEvery: number): void {
    const from = Number(this.query.get('resourceVersion'))
    const missed = from > 0 ? this.history.changesSince(from) : []
    if (!missed) {
      this.send('ERROR', tooOldVersion(from, this.history.version))
      return this.end()
    }
    if (from === 0) this.sendState()
    const send = (change: Change): void => this.sendChange(change, from)
    missed.forEach(send)
    this.stops.push(this.history.onChange(send))
    this.schedule(bookmarkEvery)
  }

  /** A real server sends none that would tell nothing new. */
  bookmark(): void {
    const from = Number(this.query.get('resourceVersion'))
    if (this.query.get('allowWatchBookmarks') !== 'true' || this.history.version <= from) return
    const {kind, apiVersion} = this.target.resource
    this.send('BOOKMARK', {kind, apiVersion, metadata: {resourceVersion: String(this.history.version)}})
  }

  /** Regularly, as after timeoutSeconds. */
  end(): void {
    this.stop()
    this.outlet.end()
  }

  /** Without a word. */
  stop(): void {
    if (this.ended) return
    this.ended = true
    for (const stop of this.stops) stop()
    this.onEnd()
  }

  private schedule(bookmarkEvery: number): void {
    const bookmarks = setInterval(() => this.bookmark(), bookmarkEvery)
    this.stops.push(() => clearInterval(bookmarks))
    const seconds = Number(this.query.get('timeoutSeconds'))
    if (seconds <= 0) return
    const last = setTimeout(() => this.bookmark(), Math.max(0, seconds - 2) * 1000)
    const end = setTimeout(() => this.end(), seconds * 1000)
    this.stops.push(() => (clearTimeout(last), clearTimeout(end)))
  }

  private sendState(): void {
    const {resource, namespace} = this.target
    for (const object of this.history.all(resource, namespace))
      if (this.isSelected(object)) this.send('ADDED', object)
  }

  private sendChange({version, type, object}: Change, from: number): void {
    const {resource, namespace} = this.target
    const isWatched = object.kind === resource.kind && isIn(namespace, object) && this.isSelected(object)
    if (version > from && isWatched) this.send(type, object)
  }

  /** Only `metadata.name=NAME` is supported. */
  private isSelected({metadata}: {readonly metadata: {readonly name: string}}): boolean {
    const selector = this.query.get('fieldSelector')
    return selector === null || selector === `metadata.name=${metadata.name}`
  }

  private send(type: string, object: object): void {
    this.outlet.write(`${JSON.stringify({type, object})}\n`)
  }
}
