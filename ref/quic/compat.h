/* SPDX-License-Identifier: MIT */
/*
 * One source for ngtcp2 0.12 and 1.x: the names of 1.x, made of those of 0.12
 * where the library is that old. The only conditional lines in the project
 * besides include guards.
 */
#ifndef REF_QUIC_COMPAT_H
#define REF_QUIC_COMPAT_H

#include <ngtcp2/ngtcp2.h>

#if NGTCP2_VERSION_NUM < 0x010000

typedef ngtcp2_connection_close_error ngtcp2_ccerr;
typedef ngtcp2_conn_stat ngtcp2_conn_info;

#define NGTCP2_CCERR_TYPE_TRANSPORT                                            \
    NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_TRANSPORT
#define NGTCP2_CCERR_TYPE_APPLICATION                                          \
    NGTCP2_CONNECTION_CLOSE_ERROR_CODE_TYPE_APPLICATION

#define ngtcp2_ccerr_default ngtcp2_connection_close_error_default
#define ngtcp2_ccerr_set_liberr                                                \
    ngtcp2_connection_close_error_set_transport_error_liberr
#define ngtcp2_ccerr_set_tls_alert                                             \
    ngtcp2_connection_close_error_set_transport_error_tls_alert
#define ngtcp2_ccerr_set_application_error                                     \
    ngtcp2_connection_close_error_set_application_error
#define ngtcp2_conn_get_conn_info ngtcp2_conn_get_conn_stat

#define COMPAT_STREAM_FLAGS /* there are none */
#define COMPAT_KEEP_ALIVE_OFF 0
#define COMPAT_HANDSHAKE_TIMEOUT_NONE (UINT64_MAX / 2)
#define COMPAT_PAUSE_MIN_NS 1000000ull /* a shorter one is not kept */

static inline ngtcp2_ccerr compat_peer_close(ngtcp2_conn *conn)
{
    ngtcp2_ccerr error;

    ngtcp2_conn_get_connection_close_error(conn, &error);
    return error;
}

static inline void compat_original_dcid(ngtcp2_transport_params *params,
                                        const ngtcp2_cid *cid)
{
    params->original_dcid = *cid;
}

#else

#define COMPAT_STREAM_FLAGS 0,
#define COMPAT_KEEP_ALIVE_OFF UINT64_MAX
#define COMPAT_HANDSHAKE_TIMEOUT_NONE UINT64_MAX
#define COMPAT_PAUSE_MIN_NS 0 /* whoever wakes late is forgiven the next */

static inline ngtcp2_ccerr compat_peer_close(ngtcp2_conn *conn)
{
    return *ngtcp2_conn_get_ccerr(conn);
}

static inline void compat_original_dcid(ngtcp2_transport_params *params,
                                        const ngtcp2_cid *cid)
{
    params->original_dcid = *cid;
    params->original_dcid_present = 1;
}

#endif

#endif
