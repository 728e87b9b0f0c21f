/** Records an Event when a problem appears or comes back, and repeats it periodically while the problem lasts. */
import type {Clock} from '../util/clock.js'
import type {EventRecorder} from './event-recorder.js'
import {eventKey, type EventDraft} from './events.js'

/** Milliseconds. The API server deletes Events after an hour. */
const REPEAT_INTERVAL = 300_000

export class ProblemEvents {
  /** Monotonic time at which each current problem was last recorded. */
  private noted = new Map<string, number>()

  constructor(
    private readonly recorder: Pick<EventRecorder, 'note'>,
    private readonly clock: Clock,
  ) {}

  /** `problems`: all current problems. One that cannot be recorded now is retried at the next call. */
  update(problems: Iterable<EventDraft>): void {
    const now = this.clock.monotonic()
    const noted = new Map<string, number>()
    for (const draft of problems) {
      const key = eventKey(draft)
      if (noted.has(key)) continue
      const before = this.noted.get(key)
      const isDue = before === undefined || now - before >= REPEAT_INTERVAL
      if (!isDue) noted.set(key, before)
      else if (this.recorder.note(draft)) noted.set(key, now)
      else if (before !== undefined) noted.set(key, before)
    }
    this.noted = noted
  }
}
