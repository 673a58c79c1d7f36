/* SPDX-License-Identifier: Apache-2.0 */
/* A shared library that is no provider. */
int not_a_provider(void);

int not_a_provider(void) {
    return 0;
}
