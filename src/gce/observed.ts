/** The output of gcloud for the resources of a plan. */
import type {Args, ResourceQuery, Resource} from './resource.js'

export class Observed {
  /** By the arguments of gcloud. */
  private constructor(private readonly printed: ReadonlyMap<string, unknown>) {}

  static of(queries: readonly (readonly [Args, unknown])[]): Observed {
    return new Observed(new Map(queries.map(([args, printed]) => [keyOf(args), printed])))
  }

  /** The resource; undefined if it does not exist. */
  find({args, pick}: ResourceQuery): unknown {
    const printed = this.printed.get(keyOf(args))
    return printed !== undefined && pick ? pick(printed) : printed
  }

  /** A copy in which the output of one command is replaced. */
  with(args: Args, printed: unknown): Observed {
    return new Observed(new Map([...this.printed, [keyOf(args), printed]]))
  }
}

/** Queries with the same key share one run of gcloud. */
export function keyOf(args: Args): string {
  return args.join('\0')
}

/** The queries of all resources, each command once. */
export function queriesOf(resources: readonly Resource[]): ResourceQuery[] {
  return [...new Map(resources.map(({read}) => [keyOf(read.args), read])).values()]
}
