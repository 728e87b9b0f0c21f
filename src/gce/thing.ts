/** One resource at Google: how it is read, made, compared and deleted, as arguments for gcloud. */
import {namesOf, type Target} from './target.js'

export type Args = readonly string[]

export type Reading = {
  /** Two things may be read by one command. */
  readonly args: Args
  /** What the command names: when that is not found, there is no such thing. */
  readonly name: string
  /** The thing in what is printed; default: all of it. */
  readonly pick?: (printed: unknown) => unknown
  /** It need not be known where that is there. */
  readonly onlyWithout?: Reading
  /** It matters only where that is there. */
  readonly onlyWith?: Reading
}

export type Thing = {
  /** Kind and name, in words: `subnet shop-subnet`. */
  readonly id: string
  readonly read: Reading
  /** Absent where it goes with another thing. */
  readonly remove?: Args
  /** Things that it needs: they are made before it, and deleted after it. */
  readonly needs: readonly string[]
  /** It bears no mark of its own: it is ours where this other thing is. */
  readonly belongsTo?: string
}

export type Change = {readonly title: string; readonly args: Args}

export type Comparison = {
  readonly changes: readonly Change[]
  /** What is different and cannot be changed, in words. */
  readonly fixed: readonly string[]
}

export type Wanted = Thing & {
  readonly create: Args
  /** What differs in the one that is there. */
  readonly compare: (found: unknown) => Comparison
}

export const SAME: Comparison = {changes: [], fixed: []}

/** One change where something differs. */
export function changeIf(differs: boolean, title: string, args: Args): Comparison {
  return differs ? {changes: [{title, args}], fixed: []} : SAME
}

export function inProject({project}: Target): string {
  return `--project=${project}`
}

export function inRegion(target: Target): Args {
  return [inProject(target), `--region=${target.region}`]
}

export const ids = (target: Target) => {
  const names = namesOf(target)
  return {
    subnet: `subnet ${names.subnet}`,
    router: `router ${names.router}`,
    nat: `NAT ${names.nat}`,
    healthCheck: `health check ${names.healthCheck}`,
    account: `service account ${names.account}`,
    group: `group ${names.group}`,
    autoscaler: `autoscaler of ${names.group}`,
    firewall: (name: string) => `firewall rule ${name}`,
    template: (name: string) => `template ${name}`,
    role: (role: string) => `role ${role} of ${names.account}`,
  }
}
