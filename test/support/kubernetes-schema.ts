/**
 * Validates manifests against the schema of Kubernetes, as an API server does: kubernetes-models knows what is required and which
 * values are allowed, the models of @kubernetes/client-node know every field there is.
 */
import * as client from '@kubernetes/client-node'
import {DaemonSet, Deployment} from 'kubernetes-models/apps/v1'
import {EndpointSlice} from 'kubernetes-models/discovery.k8s.io/v1'
import {PodDisruptionBudget} from 'kubernetes-models/policy/v1'
import {
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
} from 'kubernetes-models/rbac.authorization.k8s.io/v1'
import {PriorityClass} from 'kubernetes-models/scheduling.k8s.io/v1'
import {Namespace, ResourceQuota, Secret, Service, ServiceAccount} from 'kubernetes-models/v1'

/** As it is parsed from YAML. */
export type KubernetesObject = {readonly kind: string; readonly [field: string]: unknown}

const KINDS = {
  ClusterRole,
  ClusterRoleBinding,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Namespace,
  PodDisruptionBudget,
  PriorityClass,
  ResourceQuota,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
}

/** A sentence for each thing that is wrong with the object; throws for a kind that it does not know. */
export function schemaProblems(object: KubernetesObject): string[] {
  return [...invalidValues(object), ...strangers(object, `V1${object.kind}`, object.kind)]
}

function invalidValues(object: KubernetesObject): string[] {
  const Model = KINDS[object.kind as keyof typeof KINDS]
  if (!Model) throw new Error(`no schema of ${object.kind} at hand`)
  try {
    new Model(object as never).validate()
    return []
  } catch (error) {
    return [(error as Error).message]
  }
}

type Field = {readonly baseName: string; readonly type: string}
type ModelClass = {getAttributeTypeMap(): readonly Field[]}

/** Unknown fields: a misspelt one would silently have no effect. */
function strangers(value: unknown, type: string, path: string): string[] {
  const member = /^Array<(.*)>$/.exec(type)?.[1]
  if (member)
    return (value as unknown[]).flatMap((each, index) => strangers(each, member, `${path}[${index}]`))
  const model = (client as unknown as Record<string, ModelClass | undefined>)[type]
  if (!model?.getAttributeTypeMap) return []
  const fields = new Map(model.getAttributeTypeMap().map((field) => [field.baseName, field.type]))
  return Object.entries(value as object).flatMap(([name, inner]) => {
    const known = fields.get(name)
    return known === undefined
      ? [`${path}.${name} does not exist`]
      : strangers(inner, known, `${path}.${name}`)
  })
}
