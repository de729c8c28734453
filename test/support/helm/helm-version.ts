// Which Helm the tests run when the machine has none. The build takes its modules from program/go.mod, which must agree.

export const helmVersion = '4.3.1'

/** The oldest that renders and installs the charts as the tests expect. */
export const oldestHelm = { major: 3, minor: 14 } as const
