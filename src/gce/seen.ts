/** What gcloud said of the things that matter, read once. */
import type {Args, Reading, Thing} from './thing.js'

export class Seen {
  /** By the command that read it. */
  private constructor(private readonly printed: ReadonlyMap<string, unknown>) {}

  static of(readings: readonly (readonly [Args, unknown])[]): Seen {
    return new Seen(new Map(readings.map(([args, printed]) => [keyOf(args), printed])))
  }

  /** The thing as described; undefined when there is none. */
  find({args, pick}: Reading): unknown {
    const printed = this.printed.get(keyOf(args))
    return printed !== undefined && pick ? pick(printed) : printed
  }

  /** The same with one command read anew. */
  with(args: Args, printed: unknown): Seen {
    return new Seen(new Map([...this.printed, [keyOf(args), printed]]))
  }
}

/** Two readings with the same are one. */
export function keyOf(args: Args): string {
  return args.join('\0')
}

/** Each command once, however many things it reads. */
export function readingsOf(things: readonly Thing[]): Reading[] {
  return [...new Map(things.map(({read}) => [keyOf(read.args), read])).values()]
}
