/** One resource of Google Cloud: how gcloud reads, creates, updates and deletes it. */
import {namesOf, type GroupTarget} from './target.js'

export type Args = readonly string[]

export type ResourceQuery = {
  /** Arguments of gcloud. One command may read several resources. */
  readonly args: Args
  /** The name in the command: if gcloud does not find it, the resource does not exist. */
  readonly name: string
  /** Selects the resource in the output; default: the whole output. */
  readonly pick?: (printed: unknown) => unknown
  /** The query is skipped if this other query finds its resource. */
  readonly onlyWithout?: ResourceQuery
  /** The query is skipped unless this other query finds its resource. */
  readonly onlyWith?: ResourceQuery
}

export type Resource = {
  /** Kind and name: `subnet shop-subnet`. */
  readonly id: string
  readonly read: ResourceQuery
  /** Absent if it is deleted together with its owner. */
  readonly remove?: Args
  /** The resources that it needs: created before it, and deleted after it. */
  readonly needs: readonly string[]
  /** The owner of a resource that has no mark of its own: it is ours if the owner is. */
  readonly belongsTo?: string
}

export type Change = {readonly title: string; readonly args: Args}

export type Comparison = {
  readonly changes: readonly Change[]
  /** Differences in immutable fields, as sentences. */
  readonly immutable: readonly string[]
}

export type DesiredResource = Resource & {
  readonly create: Args
  /** Compares the existing resource with the desired one. */
  readonly compare: (found: unknown) => Comparison
}

export const SAME: Comparison = {changes: [], immutable: []}

/** One change if `differs`, otherwise no change. */
export function changeIf(differs: boolean, title: string, args: Args): Comparison {
  return differs ? {changes: [{title, args}], immutable: []} : SAME
}

export function inProject({project}: GroupTarget): string {
  return `--project=${project}`
}

export function inRegion(target: GroupTarget): Args {
  return [inProject(target), `--region=${target.region}`]
}

export const ids = (target: GroupTarget) => {
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
