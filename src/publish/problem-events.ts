/** Has Events written of problems: when one appears, when it is there again, and now and then while it lasts. */
import type {Clock} from '../util/clock.js'
import type {EventRecorder} from './event-recorder.js'
import {eventKey, type EventDraft} from './events.js'

/** Milliseconds. The API server forgets Events after an hour. */
const REPEAT = 300_000

export class ProblemEvents {
  /** When each problem that is there was noted last, monotonic. */
  private noted = new Map<string, number>()

  constructor(
    private readonly recorder: Pick<EventRecorder, 'note'>,
    private readonly clock: Clock,
  ) {}

  /** Takes all problems that are there. One that cannot be noted now is tried again at the next call. */
  update(problems: Iterable<EventDraft>): void {
    const now = this.clock.monotonic()
    const noted = new Map<string, number>()
    for (const draft of problems) {
      const key = eventKey(draft)
      if (noted.has(key)) continue
      const before = this.noted.get(key)
      const isDue = before === undefined || now - before >= REPEAT
      if (!isDue) noted.set(key, before)
      else if (this.recorder.note(draft)) noted.set(key, now)
      else if (before !== undefined) noted.set(key, before)
    }
    this.noted = noted
  }
}
