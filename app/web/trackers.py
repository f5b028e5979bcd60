"""Parameters that other sites and programs add to a link to see who follows it: a page takes no notice of them."""

import re
from urllib.parse import unquote_plus

# Google, Facebook, Microsoft, X, TikTok, Instagram, LinkedIn, Yandex, Mailchimp, HubSpot, Matomo and their kind.
_FAMILIES = re.compile(r"(?:utm|mtm|pk|piwik|matomo|hsa|fb|ga|gad|itm|stm|vero|oly|trk|wt)_\w+|_?_hs\w+", re.ASCII)
_NAMES = frozenset(
    {
        *("fbclid", "gclid", "gclsrc", "dclid", "gbraid", "wbraid", "srsltid", "msclkid", "yclid", "ysclid", "twclid"),
        *(
            "ttclid",
            "ttadid",
            "li_fat_id",
            "igshid",
            "igsh",
            "mibextid",
            "mc_cid",
            "mc_eid",
            "mc_tc",
            "mkt_tok",
            "epik",
        ),
        *("_ga", "_gl", "_gac", "_gid", "_fbp", "_fbc", "_openstat", "_branch_match_id", "__s", "__twitter_impression"),
        *(
            "ml_subscriber",
            "ml_subscriber_hash",
            "ck_subscriber_id",
            "rb_clickid",
            "s_kwcid",
            "s_cid",
            "sc_cid",
            "scid",
        ),
        *(
            "ef_id",
            "cmpid",
            "campaign",
            "campaignid",
            "campaign_id",
            "sc_campaign",
            "wickedid",
            "wickedsource",
            "zanpid",
        ),
        *(
            "irclickid",
            "irgwc",
            "awc",
            "cjevent",
            "clickid",
            "click_id",
            "tduid",
            "ref",
            "ref_src",
            "ref_url",
            "si",
            "spm",
        ),
        *(
            "referrer",
            "referer",
            "source",
            "src",
            "share_id",
            "guccounter",
            "guce_referrer",
            "guce_referrer_sig",
            "trk",
        ),
        *("at_medium", "at_campaign", "xtor", "amp", "hsctatracking"),
    }
)


def without_trackers(query: bytes) -> bytes:
    """The query without the parameters that only say where a link was found."""
    return b"&".join(part for part in query.split(b"&") if not _is_tracker(part.partition(b"=")[0]))


def _is_tracker(key: bytes) -> bool:
    name = unquote_plus(key.decode("ascii", "replace"), errors="replace").strip().lower()
    return name in _NAMES or _FAMILIES.fullmatch(name) is not None
