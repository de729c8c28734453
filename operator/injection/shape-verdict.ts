// What the shape of a pod says about the keys that its sidecar may be given.

export type ShapeVerdict =
  | { readonly kind: 'sound' }
  /** `code` from a closed list; `message`: where, what, and what to do. */
  | { readonly kind: 'unsound'; readonly code: ShapeCode; readonly message: string }

export type ShapeCode =
  | 'SharedProcesses'
  | 'HostProcesses'
  | 'HostNetwork'
  | 'NodeAccess'
  | 'OperatorRedirected'
  | 'TokenShared'
  | 'StateShared'
  | 'SidecarDebugged'
  | 'SameUser'
  | 'SidecarMissing'
  | 'SidecarImage'
  | 'SidecarProgram'
  | 'SidecarVariables'
  | 'SidecarMounts'
  | 'SidecarPrivileges'

export const sound: ShapeVerdict = { kind: 'sound' }

export function unsound(code: ShapeCode, message: string): ShapeVerdict {
  return { kind: 'unsound', code, message }
}
