/** POST of a SelfSubjectAccessReview: https://kubernetes.io/docs/reference/kubernetes-api/authorization-resources/self-subject-access-review-v1/ */

export const REVIEWS = '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews'

type Review = {
  readonly spec: {
    readonly resourceAttributes: {
      readonly verb: string
      readonly group?: string
      readonly resource: string
      readonly subresource?: string
    }
  }
}

/** `may` gets a right such as `list services` or `patch services/status`. Every client may ask. */
export function answerReview(body: string, may: (right: string) => boolean): object {
  const review = JSON.parse(body) as Review
  const {verb, resource, subresource} = review.spec.resourceAttributes
  const allowed = may(`${verb} ${resource}${subresource ? `/${subresource}` : ''}`)
  return {
    ...review,
    status: {allowed, ...(allowed && {reason: 'RBAC: allowed by ClusterRoleBinding "lbex"'})},
  }
}
