/**
 * Kubernetes' rules for names and keys
 * (https://github.com/kubernetes/apimachinery/blob/master/pkg/util/validation/validation.go). Each function returns
 * the problem of a text as a predicate for a message, or undefined.
 */
import {quote} from '../../diagnostics/rule.js'
const LABEL = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^[a-z0-9]([-a-z0-9_.]*[a-z0-9])?$/i

/** Names of Services, namespaces and ports. */
export function labelProblem(text: string): string | undefined {
  if (text.length > 63) return `must have at most 63 characters, this has ${text.length}`
  if (LABEL.test(text)) return undefined
  return `must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character, this is ${quote(text)}`
}

/** Names of most other objects. */
export function subdomainProblem(text: string): string | undefined {
  if (text.length > 253) return `must have at most 253 characters, this has ${text.length}`
  if (SUBDOMAIN.test(text)) return undefined
  return `must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character, this is ${quote(text)}`
}

/** Keys of annotations: as qualifiedNameProblem, but upper case letters are allowed in the prefix too. */
export function annotationKeyProblem(text: string): string | undefined {
  return qualifiedNameProblem(text.toLowerCase()) && qualifiedNameProblem(text)
}

/** Keys of labels, classes and application protocols: `name`, or `prefix/name` with a DNS name as prefix. */
export function qualifiedNameProblem(text: string): string | undefined {
  const parts = text.split('/')
  const name = parts.at(-1) ?? ''
  if (parts.length > 2) return `${quote(text)} has more than one slash`
  if (name.length > 63) return `the name part of ${quote(text)} has more than 63 characters`
  const prefixed = parts.length === 1 || subdomainProblem(parts[0] ?? '') === undefined
  if (prefixed && QUALIFIED.test(name)) return undefined
  return `${quote(text)} must be NAME or DNS-PREFIX/NAME; NAME consists of alphanumeric characters, '-', '_' or '.', and starts and ends with an alphanumeric character`
}

/** Values of labels. */
export function labelValueProblem(text: string): string | undefined {
  if (text.length > 63) return `must have at most 63 characters, this has ${text.length}`
  if (text === '' || QUALIFIED.test(text)) return undefined
  return `must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character, this is ${quote(text)}`
}

/** Names of container ports, in targetPort (IANA_SVC_NAME). */
export function portNameProblem(text: string): string | undefined {
  const problem = `must be a port number, or a port name of at most 15 lower case alphanumeric characters or '-', this is ${quote(text)}`
  return text.length <= 15 && LABEL.test(text) && /[a-z]/.test(text) && !text.includes('--')
    ? undefined
    : problem
}
