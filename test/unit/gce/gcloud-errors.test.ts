import assert from 'node:assert/strict'
import {
  gcloudFailure,
  isIncomplete,
  isNotFound,
  isTemporary,
  wordsOf,
} from '../../../src/gce/gcloud-errors.js'

const TOKEN =
  ' This command is authenticated with an access token from /t specified by the [auth/access_token_file] property'

describe('gce/gcloud-errors', () => {
  it('recognizes that the named resource itself was not found', () => {
    const said = (path: string): string =>
      `ERROR: (gcloud.compute.networks.describe) Could not fetch resource:\n - The resource '${path}' was not found\n`
    assert.equal(isNotFound(said('projects/p/global/networks/net'), 'net'), true)
    assert.equal(isNotFound(said('projects/p'), 'net'), false)
    assert.equal(isNotFound(said('projects/net'), 'net'), false)
    assert.equal(isNotFound(said('projects/p/global/networks/other-net'), 'net'), false)
    const cluster = 'ResponseError: code=404, message=Not found: projects/p/locations/l/clusters/c.'
    assert.deepEqual([isNotFound(cluster, 'c'), isNotFound(cluster, 'd')], [true, false])
    assert.equal(
      isNotFound('ERROR: (gcloud.iam.service-accounts.describe) NOT_FOUND: Unknown service account.', 'a@b'),
      true,
    )
    // The one that gcloud itself is to run as.
    assert.equal(isNotFound('ERROR: NOT_FOUND: Unknown service account.', 'net'), false)
    assert.equal(
      isNotFound('NOT_FOUND: Service account projects/-/serviceAccounts/a@b does not exist.', 'a@b'),
      true,
    )
    assert.equal(
      isNotFound(
        "ERROR: Required 'compute.networks.get' permission for 'projects/p/global/networks/net'",
        'net',
      ),
      false,
    )
  })

  it('recognizes temporary errors', () => {
    const passing = [
      ' - Rate Limit Exceeded',
      ' - The service is currently unavailable.',
      'HTTPError 429: x',
      'ERROR: Policy modification failed.\nINVALID_ARGUMENT: Service account web-host@my-project.iam.gserviceaccount.com does not exist.',
      'ResponseError: code=503, message=x',
      "gcloud crashed (ConnectionError): ('Connection aborted.', RemoteDisconnected('Remote end closed connection without response'))",
      " - The resource 'x' is not ready",
    ]
    assert.deepEqual(
      passing.filter((words) => !isTemporary(words)),
      [],
    )
    const lasting = [
      " - Required 'x' permission",
      " - The resource 'x' already exists",
      'HTTPError 403: no',
      'unrecognized arguments: --x',
    ]
    assert.deepEqual(lasting.filter(isTemporary), [])
  })

  it('recognizes an incomplete list', () => {
    assert.equal(isIncomplete('WARNING: Some requests did not succeed.\n - no\n\nListed 0 items.'), true)
    assert.equal(isIncomplete('Listed 0 items.'), false)
  })

  it('removes hints about the use of gcloud from the message', () => {
    assert.equal(wordsOf(`ERROR: no.${TOKEN}\n\n`), 'ERROR: no.')
    assert.equal(
      wordsOf('ERROR: gcloud crashed (X): y\n\nIf you would like to report this issue, please run'),
      'ERROR: gcloud crashed (X): y',
    )
  })

  it('adds a hint for common errors', () => {
    const {code, hint} = gcloudFailure(
      'gcloud x',
      'ERROR: (gcloud.x) You do not currently have an active account selected.',
    )
    assert.deepEqual([code, hint?.startsWith('run gcloud auth login')], ['gcloud-credentials', true])
    const warned = gcloudFailure('gcloud x', 'WARNING: no log.\nERROR: UNAUTHENTICATED: no.')
    assert.equal(warned.message, 'gcloud has no valid credentials: ERROR: UNAUTHENTICATED: no.')
    const old = gcloudFailure(
      'gcloud x',
      "ERROR: (gcloud.x) unrecognized arguments: --location=y (did you mean '--zone'?)",
    )
    assert.match(old.hint ?? '', /^this gcloud may be too old/)
    assert.equal(
      gcloudFailure('gcloud x', '', 'SIGKILL').message,
      'gcloud x failed:\n  it was ended by SIGKILL',
    )
    const denied = gcloudFailure('gcloud x', "ERROR: Required 'y' permission")
    assert.equal(denied.message, "gcloud x failed:\n  ERROR: Required 'y' permission")
    assert.match(denied.hint ?? '', /lacks a role/)
    const silent = gcloudFailure('gcloud x', '')
    assert.deepEqual([silent.message, silent.hint], ['gcloud x failed:\n  it printed no error', undefined])
  })
})
