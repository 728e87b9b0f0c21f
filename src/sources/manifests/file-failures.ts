/** Failures of the paths of `-f`. `temporary`: whether a retry can help. */
import {Failure, messageOf} from '../../diagnostics/failure.js'

export function fileUnreadable(file: string, cause: unknown, temporary: boolean): Failure {
  return new Failure(`cannot read ${file}: ${messageOf(cause)}`, {
    code: 'file-unreadable',
    hint: 'check that it exists and that the user who runs lbex can read it',
    temporary,
    cause,
  })
}

export function pathNotFound(path: string, temporary: boolean): Failure {
  return new Failure(`there is no file or folder ${JSON.stringify(path)}`, {
    code: 'path-not-found',
    hint: /^https?:/.test(path)
      ? `lbex does not read URLs; use curl -sSf ${path} | lbex … -f -`
      : 'check the path after -f; a relative path starts at the working directory',
    temporary,
  })
}

export function noMatch(glob: string, temporary: boolean): Failure {
  return new Failure(`no file matches ${JSON.stringify(glob)}`, {
    code: 'path-not-found',
    hint: 'check the glob after -f; hidden files and node_modules are skipped',
    temporary,
  })
}

export function noManifests(folder: string, temporary: boolean): Failure {
  return new Failure(`there are no manifests in ${folder}`, {
    code: 'no-manifests',
    hint: 'lbex reads *.yaml, *.yml and *.json in the folder and its subfolders, except for hidden files',
    temporary,
  })
}
