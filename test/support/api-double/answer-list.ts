/** GET of a collection (https://kubernetes.io/docs/reference/using-api/api-concepts/#retrieving-large-results-sets-in-chunks). */
import {isLabelled, keyOf, type History, type Stored, type View} from './history.js'
import type {Target} from './resources.js'
import {refusal, tooLargeVersion, tooOldToken, type Refusal} from './status.js'

/** `after`: the key of the last object that was sent. */
type Token = {readonly version: number; readonly after: string}

export function answerList(
  history: History,
  {resource, namespace}: Target,
  query: URLSearchParams,
): object | Refusal {
  const token = tokenIn(query)
  if (token === null) return refusal(400, 'BadRequest', 'continue key is not valid')
  if (token && Number(query.get('resourceVersion')) > 0)
    return refusal(400, 'BadRequest', 'specifying resource version is not allowed when using continue')
  const view = viewFor(history, query, token)
  if ('code' in view) return view
  const matching = history
    .all(resource, namespace, view)
    .filter((object) => keyOf(object) > (token?.after ?? ''))
    .filter(isLabelled(query.get('labelSelector')))
  const limit = Number(query.get('limit')) || matching.length
  const items = matching.slice(0, limit)
  const rest = matching.length - items.length
  const last = items.at(-1)
  return {
    kind: `${resource.kind}List`,
    apiVersion: resource.apiVersion,
    metadata: {
      resourceVersion: String(view.version),
      ...(rest > 0 &&
        last && {continue: encode({version: view.version, after: keyOf(last)}), remainingItemCount: rest}),
    },
    items: items.map(withoutType),
  }
}

function viewFor(history: History, query: URLSearchParams, token: Token | undefined): View | Refusal {
  if (token?.version === -1) return history.pin()
  if (token) return history.view(token.version) ?? tooOldToken(encode({version: -1, after: token.after}))
  const wanted = Number(query.get('resourceVersion'))
  if (wanted > history.version) return tooLargeVersion(wanted, history.version)
  if (query.get('resourceVersionMatch') !== 'Exact' || wanted === history.version) return history.pin()
  return (
    history.view(wanted) ?? refusal(410, 'Expired', 'The resourceVersion for the provided list is too old.')
  )
}

/** Null for a token that is none. */
function tokenIn(query: URLSearchParams): Token | undefined | null {
  const text = query.get('continue')
  if (!text) return undefined
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString()) as Token
  } catch {
    return null
  }
}

function encode(token: Token): string {
  return Buffer.from(JSON.stringify(token)).toString('base64url')
}

/** The list says once what its members are. */
function withoutType({kind: _kind, apiVersion: _version, ...object}: Stored): object {
  return object
}
