/* SPDX-License-Identifier: MIT */
/* See overlay.h. A node has tens of peers, and each is there over one
 * connection or two, so a walk finds them. */
#include "ref/state/overlay.h"
#include "ref/base/xalloc.h"

/* Where the pointer to that peer stands, or the one at the end. */
static struct overlay **place_of(struct overlays *all, struct slice peer)
{
    struct overlay **at = &all->first;

    while (*at && !slice_equal((*at)->peer, peer))
        at = &(*at)->next;
    return at;
}

static struct overlay_link **link_of(struct overlay *peer,
                                     const struct registry *operations)
{
    struct overlay_link **at = &peer->links;

    while (*at && (*at)->operations != operations)
        at = &(*at)->earlier;
    return at;
}

void overlay_attach(struct overlays *all, struct slice peer,
                    const struct registry *operations)
{
    struct overlay **at = place_of(all, peer);
    struct overlay_link *new;

    if (!*at) {
        *at = xalloc(1, sizeof **at);
        (*at)->peer = slice_make(xalloc_copy(peer), peer.len);
    }
    if (*link_of(*at, operations))
        return;
    new = xalloc(1, sizeof *new);
    *new = (struct overlay_link){operations, (*at)->links};
    (*at)->links = new;
}

static void drop_link(struct overlay_link **at)
{
    struct overlay_link *gone = *at;

    *at = gone->earlier;
    xalloc_free(gone);
}

static void drop_peer(struct overlay **at)
{
    struct overlay *gone = *at;

    while (gone->links)
        drop_link(&gone->links);
    *at = gone->next;
    xalloc_free((void *)(uintptr_t)gone->peer.data);
    xalloc_free(gone);
}

void overlay_detach(struct overlays *all, struct slice peer,
                    const struct registry *operations)
{
    struct overlay **at = place_of(all, peer);
    struct overlay_link **link = *at ? link_of(*at, operations) : NULL;

    if (!link || !*link)
        return;
    drop_link(link);
    if (!(*at)->links)
        drop_peer(at);
}

const struct registry *overlay_serving(const struct overlay *peer)
{
    return peer->links->operations;
}

void overlay_clear(struct overlays *all)
{
    while (all->first)
        drop_peer(&all->first);
}

const struct registration *overlay_find_at_peers(const struct overlays *all,
                                                 struct peer_ref peer,
                                                 struct slice name)
{
    const struct registration *found = NULL;

    for (const struct overlay *o = all->first; o && !found; o = o->next)
        if (peer_ref_is_any(peer) || slice_equal(o->peer, peer.id))
            found = registry_find(overlay_serving(o), name);
    return found;
}

const struct registration *overlay_find(const struct overlay_layers *layers,
                                        struct peer_ref peer, struct slice name)
{
    const struct registration *found = NULL;

    if (!peer_ref_is_any(peer)) /* [PE-4] and nowhere else */
        return overlay_find_at_peers(layers->peers, peer, name);
    if (layers->session)
        found = registry_find(layers->session, name);
    if (!found)
        found = overlay_find_at_peers(layers->peers, peer, name);
    return found ? found : registry_find(layers->base, name);
}
