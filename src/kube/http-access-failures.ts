/** Failures of requests that do not depend on the response of the API server. */
import {Failure} from '../diagnostics/failure.js'
import {ApiFailure, describeApiServer, type ApiServer} from './api-failure.js'

/** Not if the API server does not know the whole group. */
export function unlessNotFound(error: unknown): undefined {
  if (!(error instanceof ApiFailure && error.reason === 'NotFound')) throw error
}

export function pageTooLarge({message}: RangeError, apiServer: ApiServer): ApiFailure {
  return new ApiFailure(`${describeApiServer(apiServer)} sent a response that is too long: ${message}`, {
    code: 'api-page-too-large',
    temporary: true,
  })
}

export function noCredentials(through: string, milliseconds: number): Failure {
  return new Failure(`no credentials within ${milliseconds / 1000} s from ${through}`, {
    code: 'credentials-failed',
    hint: 'run the command in users[].user.exec of the kubeconfig by hand',
    temporary: true,
  })
}

export function silentWatch(apiServer: string, milliseconds: number): ApiFailure {
  return new ApiFailure(`${apiServer} has sent nothing for ${milliseconds / 1000} s`, {
    code: 'watch-silent',
    temporary: true,
  })
}
