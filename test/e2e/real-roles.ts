/** Gives a user of a real API server exactly the roles of deploy/, with the Leases in namespace `default`. */
import {CLUSTER_ROLE, publishRoles} from '../support/cluster-role.js'

const GROUP = 'rbac.authorization.k8s.io'
const NAMESPACE = 'default'

/** `url`: of the API server, as its administrator. */
export async function grantRoles(url: string, user: string): Promise<void> {
  for (const {kind, metadata, rules} of [CLUSTER_ROLE, ...publishRoles(true)]) {
    const {name} = metadata
    const place = kind === 'Role' ? {name, namespace: NAMESPACE} : {name}
    const type = {apiVersion: `${GROUP}/v1`, metadata: place}
    const subjects = [{apiGroup: GROUP, kind: 'User', name: user}]
    const roleRef = {apiGroup: GROUP, kind, name}
    await create(url, kind, {...type, kind, rules})
    await create(url, `${kind}Binding`, {...type, kind: `${kind}Binding`, roleRef, subjects})
  }
}

async function create(url: string, kind: string, object: object): Promise<void> {
  const within = kind.startsWith('Cluster') ? '' : `/namespaces/${NAMESPACE}`
  const path = `/apis/${GROUP}/v1${within}/${kind.toLowerCase()}s`
  const headers = {'content-type': 'application/json'}
  const response = await fetch(`${url}${path}`, {method: 'POST', headers, body: JSON.stringify(object)})
  if (!response.ok) throw new Error(`POST ${path}: ${await response.text()}`)
}
