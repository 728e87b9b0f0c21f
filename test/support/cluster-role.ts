/** The ClusterRole of deploy/: all that lbex may do with the API, wherever it is tested. */
import {readFileSync} from 'node:fs'
import {parse} from 'yaml'

const file = new URL('../../deploy/access/cluster-role.yaml', import.meta.url)

type Rule = {readonly resources: readonly string[]; readonly verbs: readonly string[]}

export const CLUSTER_ROLE = parse(readFileSync(file, 'utf8')) as {readonly rules: readonly Rule[]}

/** `list services`, `watch nodes` …: all that the role allows. */
export function rightsOfRole(): string[] {
  return CLUSTER_ROLE.rules.flatMap(({resources, verbs}) =>
    resources.flatMap((resource) => verbs.map((verb) => `${verb} ${resource}`)),
  )
}
