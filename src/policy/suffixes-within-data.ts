// Written by `make suffixes`: never by hand. Where public suffixes (shared hosting is most of them) lie below a name that is none.

/** The list, and the package that brings it. */
export const SUFFIX_LIST = 'tldts-7.5.4';

/** For each such name one suffix below it, of those with the fewest labels. Fewest labels first. */
export const SUFFIXES_WITHIN = `
at.ply.gg d.crm.dev jc.neen.it at.emf.camp c.cdn77.org r.cdn77.net s3.k2.cloud apps.lair.io fn.amba.host p.tawk.email
soc.srcf.net ui.nabu.casa vps.hrsn.net apps.grok.bot cdn.bubble.io hb.cldmail.ru ipfs.w3s.link k8s.scw.cloud
my.canva.site os.hedmark.no xen.prgmr.com app.render.com apps.fbsbx.com bo.nordland.no bo.telemark.no dyn.addr.tools
dyn.cosidns.de eu.platform.sh ex.ortsinfo.at map.fastly.net p.tawkto.email rs.webaccel.jp s3.teckids.org
seprox.hooc.me t3.storage.dev up.railway.app user.party.eus forgot.her.name forgot.his.name hosting.ovh.net
id.forgerock.io my.canvasite.cn nes.akershus.no nes.buskerud.no os.hordaland.no paas.beebyte.io phx.enscaled.us
shop.brendly.ba shop.brendly.hr shop.brendly.rs site.transip.me builder.code.com ca.reclaim.cloud clusters.rdpa.co
eu.encoway.cloud j.scaleforce.net pro.typeform.com s3.amazonaws.com sn.mynetname.net stage.nodeart.io valer.ostfold.no
appengine.flow.ch demo.jelastic.com eu-1.evennode.com git-pages.rit.edu sande.vestfold.no t3.storageapi.dev
wien.funkfeuer.at client.scrypted.io cust.cloudscale.ch dyndns.dappnode.io es-1.axarnet.cloud instances.spawn.cc
ipfs.storacha.link jed.wafaicloud.com jelastic.dogado.eu members.linode.com pages.wiardweb.com private.repost.aws
site.rb-hosting.io user.localcert.dev vip.jelastic.cloud demo.datadetect.com ezproxy.kuleuven.be fi.cloudplatform.fi
jls-sto1.elastx.net relay.evervault.app relay.evervault.dev sekd1.beebyteapp.io site.tb-hosting.com
x.mythic-beasts.com cdn.cloudflarecn.net cloud.metacentrum.cz ipfs.nftstorage.link it1.jenv-aruba.cloud
jcloud.ik-server.com kr.ncloudstorage.com lpg.objectstorage.ch paas.massivegrid.com rsc.contentproxy9.cz
runs.onstackit.cloud ch.trendhosting.cloud cloud.nospamproxy.com dev.project-study.com rag-cloud.hosteur.com
aws.databricksapps.com direct.quickconnect.cn direct.quickconnect.to servicebus.windows.net cloud.fedoraproject.org
devices.resinstaging.io cdn.cloudflareglobal.net customer.speedpartner.de heroy.more-og-romsdal.no
ip.linodeusercontent.com jelastic.saveincloud.net kr.gov-ncloudstorage.com aws-gov.databricksapps.us
cdn.cloudflareanycast.net experiments.sagemaker.aws preview.emergentagent.com services.clever-cloud.com
cloud.interhostsolutions.be paas.hosted-by-previder.com servicebus.usgovcloudapi.net xn--vler-qoa.xn--stfold-9xa.no
sande.xn--mre-og-romsdal-qqb.no static.observableusercontent.com alp1.ae.flow.ch a.ssl.fastly.net a.prod.fastly.net
flt.cloud.muni.cz j.layershift.co.uk lb.ru-msk.k2.cloud lb.ru-spb.k2.cloud user.aseinet.ne.jp j.scaleforce.com.cy
s3.fr-par.scw.cloud s3.nl-ams.scw.cloud s3.pl-waw.scw.cloud cust.retrosnub.co.uk elb.amazonaws.com.cn
mel.cloudlets.com.au web.core.windows.net cust.dev.thingdust.io cust.prod.thingdust.io pub.instances.scw.cloud
airflow.ap-east-1.on.aws airflow.ca-west-1.on.aws airflow.eu-west-1.on.aws airflow.eu-west-2.on.aws
airflow.eu-west-3.on.aws airflow.sa-east-1.on.aws airflow.us-east-1.on.aws airflow.us-east-2.on.aws
airflow.us-west-1.on.aws airflow.us-west-2.on.aws app.os.fedoraproject.org cust.disrec.thingdust.io
jp.object.ncpstorage.com pages.it.hs-heilbronn.de airflow.af-south-1.on.aws airflow.ap-south-1.on.aws
airflow.ap-south-2.on.aws airflow.eu-north-1.on.aws airflow.eu-south-1.on.aws airflow.eu-south-2.on.aws
airflow.me-south-1.on.aws atl.jelastic.vps-host.net cust.testing.thingdust.io fr-1.paas.massivegrid.net
io.noc.ruhr-uni-bochum.de objects.lpg.cloudscale.ch objects.rma.cloudscale.ch s3.isk01.sakurastorage.jp
s3.isk02.sakurastorage.jp cdn.prod.atlassian-dev.net s3.ap-east-1.amazonaws.com s3.ca-west-1.amazonaws.com
s3.eu-west-1.amazonaws.com s3.eu-west-2.amazonaws.com s3.eu-west-3.amazonaws.com s3.sa-east-1.amazonaws.com
s3.us-east-2.amazonaws.com s3.us-west-1.amazonaws.com s3.us-west-2.amazonaws.com web.core.usgovcloudapi.net
airflow.ca-central-1.on.aws airflow.eu-central-1.on.aws airflow.eu-central-2.on.aws airflow.il-central-1.on.aws
airflow.me-central-1.on.aws ap-east-1.rds.amazonaws.com de.object.ncloudstorage.com kr.objectstorage.ncloud.com
s3.af-south-1.amazonaws.com s3.ap-south-1.amazonaws.com s3.ap-south-2.amazonaws.com s3.eu-north-1.amazonaws.com
s3.eu-south-1.amazonaws.com s3.eu-south-2.amazonaws.com s3.me-south-1.amazonaws.com ssl.origin.cdn77-secure.org
fr-par-1.baremetal.scw.cloud kr.website.ncloudstorage.com airflow.ap-northeast-1.on.aws airflow.ap-northeast-2.on.aws
airflow.ap-northeast-3.on.aws airflow.ap-southeast-1.on.aws airflow.ap-southeast-2.on.aws
airflow.ap-southeast-3.on.aws airflow.ap-southeast-4.on.aws airflow.ap-southeast-5.on.aws
airflow.ap-southeast-7.on.aws s3.ca-central-1.amazonaws.com s3.eu-central-1.amazonaws.com
s3.eu-central-2.amazonaws.com s3.il-central-1.amazonaws.com s3.me-central-1.amazonaws.com
s3.us-gov-east-1.amazonaws.com s3.us-gov-west-1.amazonaws.com studio.ap-east-1.sagemaker.aws
studio.eu-west-1.sagemaker.aws studio.eu-west-2.sagemaker.aws studio.eu-west-3.sagemaker.aws
studio.sa-east-1.sagemaker.aws studio.us-east-1.sagemaker.aws studio.us-east-2.sagemaker.aws
studio.us-west-1.sagemaker.aws studio.us-west-2.sagemaker.aws ap-east-1.airflow.amazonaws.com
kr.object.fin-ncloudstorage.com kr.object.gov-ncloudstorage.com s3.ap-northeast-1.amazonaws.com
s3.ap-northeast-2.amazonaws.com s3.ap-northeast-3.amazonaws.com s3.ap-southeast-1.amazonaws.com
s3.ap-southeast-2.amazonaws.com s3.ap-southeast-3.amazonaws.com s3.ap-southeast-4.amazonaws.com
s3.ap-southeast-5.amazonaws.com studio.af-south-1.sagemaker.aws studio.ap-south-1.sagemaker.aws
studio.eu-north-1.sagemaker.aws studio.eu-south-1.sagemaker.aws studio.eu-south-2.sagemaker.aws
studio.me-south-1.sagemaker.aws ap-east-1.cs.amazonlightsail.com auth.ap-east-1.amazoncognito.com
auth.ap-east-2.amazoncognito.com auth.ca-west-1.amazoncognito.com auth.eu-west-1.amazoncognito.com
auth.eu-west-2.amazoncognito.com auth.eu-west-3.amazoncognito.com auth.sa-east-1.amazoncognito.com
auth.us-east-1.amazoncognito.com auth.us-east-2.amazoncognito.com auth.us-west-1.amazoncognito.com
auth.us-west-2.amazoncognito.com notebook.ca-west-1.sagemaker.aws transfer-webapp.ap-east-2.on.aws
auth.af-south-1.amazoncognito.com auth.ap-south-1.amazoncognito.com auth.ap-south-2.amazoncognito.com
auth.eu-north-1.amazoncognito.com auth.eu-south-1.amazoncognito.com auth.eu-south-2.amazoncognito.com
auth.me-south-1.amazoncognito.com notebook.ap-south-2.sagemaker.aws studio.ca-central-1.sagemaker.aws
studio.eu-central-1.sagemaker.aws studio.eu-central-2.sagemaker.aws studio.il-central-1.sagemaker.aws
studio.me-central-1.sagemaker.aws studio.us-gov-east-1.sagemaker.aws studio.us-gov-west-1.sagemaker.aws
auth.ca-central-1.amazoncognito.com auth.eu-central-1.amazoncognito.com auth.eu-central-2.amazoncognito.com
auth.il-central-1.amazoncognito.com auth.me-central-1.amazoncognito.com auth.mx-central-1.amazoncognito.com
studio.ap-northeast-1.sagemaker.aws studio.ap-northeast-2.sagemaker.aws studio.ap-northeast-3.sagemaker.aws
studio.ap-southeast-1.sagemaker.aws studio.ap-southeast-2.sagemaker.aws studio.ap-southeast-3.sagemaker.aws
transfer-webapp.mx-central-1.on.aws transfer-webapp.us-gov-east-1.on.aws transfer-webapp.us-gov-west-1.on.aws
auth.ap-northeast-1.amazoncognito.com auth.ap-northeast-2.amazoncognito.com auth.ap-northeast-3.amazoncognito.com
auth.ap-southeast-1.amazoncognito.com auth.ap-southeast-2.amazoncognito.com auth.ap-southeast-3.amazoncognito.com
auth.ap-southeast-4.amazoncognito.com auth.ap-southeast-5.amazoncognito.com auth.ap-southeast-6.amazoncognito.com
auth.ap-southeast-7.amazoncognito.com notebook.ap-southeast-4.sagemaker.aws transfer-webapp.ap-southeast-6.on.aws
auth-fips.us-gov-east-1.amazoncognito.com auth-fips.us-gov-west-1.amazoncognito.com app.os.stg.fedoraproject.org
jp.jp4.object.ncpstorage.com jp.jp5.object.ncpstorage.com cn-north-1.eb.amazonaws.com.cn
it1.eur.aruba.jenv-aruba.cloud s3.cn-north-1.amazonaws.com.cn jp.object.private.ncpstorage.com
s3.cn-northwest-1.amazonaws.com.cn studio.cn-north-1.sagemaker.com.cn vfs.cloud9.ap-east-1.amazonaws.com
vfs.cloud9.eu-west-1.amazonaws.com vfs.cloud9.eu-west-2.amazonaws.com vfs.cloud9.eu-west-3.amazonaws.com
vfs.cloud9.sa-east-1.amazonaws.com vfs.cloud9.us-east-1.amazonaws.com vfs.cloud9.us-east-2.amazonaws.com
vfs.cloud9.us-west-1.amazonaws.com vfs.cloud9.us-west-2.amazonaws.com cn-north-1.airflow.amazonaws.com.cn
kr.object.private.ncloudstorage.com vfs.cloud9.af-south-1.amazonaws.com vfs.cloud9.ap-south-1.amazonaws.com
vfs.cloud9.eu-north-1.amazonaws.com vfs.cloud9.eu-south-1.amazonaws.com vfs.cloud9.me-south-1.amazonaws.com
s3.dualstack.ap-east-1.amazonaws.com s3.dualstack.ca-west-1.amazonaws.com s3.dualstack.eu-west-1.amazonaws.com
s3.dualstack.eu-west-2.amazonaws.com s3.dualstack.eu-west-3.amazonaws.com s3.dualstack.sa-east-1.amazonaws.com
s3.dualstack.us-east-1.amazonaws.com s3.dualstack.us-east-2.amazonaws.com s3.dualstack.us-west-1.amazonaws.com
s3.dualstack.us-west-2.amazonaws.com s3.dualstack.af-south-1.amazonaws.com s3.dualstack.ap-south-1.amazonaws.com
s3.dualstack.ap-south-2.amazonaws.com s3.dualstack.eu-north-1.amazonaws.com s3.dualstack.eu-south-1.amazonaws.com
s3.dualstack.eu-south-2.amazonaws.com s3.dualstack.me-south-1.amazonaws.com vfs.cloud9.ca-central-1.amazonaws.com
vfs.cloud9.eu-central-1.amazonaws.com vfs.cloud9.il-central-1.amazonaws.com studio.cn-northwest-1.sagemaker.com.cn
kr.object.private.fin-ncloudstorage.com kr.object.private.gov-ncloudstorage.com
s3.dualstack.ca-central-1.amazonaws.com s3.dualstack.eu-central-1.amazonaws.com
s3.dualstack.eu-central-2.amazonaws.com s3.dualstack.il-central-1.amazonaws.com
s3.dualstack.me-central-1.amazonaws.com vfs.cloud9.ap-northeast-1.amazonaws.com
vfs.cloud9.ap-northeast-2.amazonaws.com vfs.cloud9.ap-northeast-3.amazonaws.com
vfs.cloud9.ap-southeast-1.amazonaws.com vfs.cloud9.ap-southeast-2.amazonaws.com
mrap.accesspoint.s3-global.amazonaws.com s3.dualstack.us-gov-east-1.amazonaws.com
s3.dualstack.us-gov-west-1.amazonaws.com s3.dualstack.ap-northeast-1.amazonaws.com
s3.dualstack.ap-northeast-2.amazonaws.com s3.dualstack.ap-northeast-3.amazonaws.com
s3.dualstack.ap-southeast-1.amazonaws.com s3.dualstack.ap-southeast-2.amazonaws.com
s3.dualstack.ap-southeast-3.amazonaws.com s3.dualstack.ap-southeast-4.amazonaws.com
s3.dualstack.ap-southeast-5.amazonaws.com webview-assets.aws-cloud9.ap-east-1.amazonaws.com
webview-assets.aws-cloud9.eu-west-1.amazonaws.com webview-assets.aws-cloud9.eu-west-2.amazonaws.com
webview-assets.aws-cloud9.eu-west-3.amazonaws.com webview-assets.aws-cloud9.sa-east-1.amazonaws.com
webview-assets.aws-cloud9.us-east-1.amazonaws.com webview-assets.aws-cloud9.us-east-2.amazonaws.com
webview-assets.aws-cloud9.us-west-1.amazonaws.com webview-assets.aws-cloud9.us-west-2.amazonaws.com
webview-assets.aws-cloud9.af-south-1.amazonaws.com webview-assets.aws-cloud9.ap-south-1.amazonaws.com
webview-assets.aws-cloud9.eu-north-1.amazonaws.com webview-assets.aws-cloud9.eu-south-1.amazonaws.com
webview-assets.aws-cloud9.me-south-1.amazonaws.com webview-assets.aws-cloud9.ca-central-1.amazonaws.com
webview-assets.aws-cloud9.eu-central-1.amazonaws.com webview-assets.aws-cloud9.il-central-1.amazonaws.com
transfer-webapp.eusc-de-east-1.on.amazonwebservices.eu webview-assets.aws-cloud9.ap-northeast-1.amazonaws.com
webview-assets.aws-cloud9.ap-northeast-2.amazonaws.com webview-assets.aws-cloud9.ap-northeast-3.amazonaws.com
webview-assets.aws-cloud9.ap-southeast-1.amazonaws.com webview-assets.aws-cloud9.ap-southeast-2.amazonaws.com
consent-portal.bedrock-agentcore.eu-west-1.amazonaws.com consent-portal.bedrock-agentcore.eu-west-2.amazonaws.com
consent-portal.bedrock-agentcore.eu-west-3.amazonaws.com consent-portal.bedrock-agentcore.sa-east-1.amazonaws.com
consent-portal.bedrock-agentcore.us-east-1.amazonaws.com consent-portal.bedrock-agentcore.us-east-2.amazonaws.com
consent-portal.bedrock-agentcore.us-west-1.amazonaws.com consent-portal.bedrock-agentcore.us-west-2.amazonaws.com
consent-portal.bedrock-agentcore.ap-south-1.amazonaws.com consent-portal.bedrock-agentcore.ap-south-2.amazonaws.com
consent-portal.bedrock-agentcore.eu-north-1.amazonaws.com consent-portal.bedrock-agentcore.eu-south-1.amazonaws.com
consent-portal.bedrock-agentcore.eu-south-2.amazonaws.com consent-portal.bedrock-agentcore.ca-central-1.amazonaws.com
consent-portal.bedrock-agentcore.eu-central-1.amazonaws.com
consent-portal.bedrock-agentcore.us-gov-west-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-northeast-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-northeast-2.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-1.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-2.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-5.amazonaws.com
consent-portal.bedrock-agentcore.ap-southeast-7.amazonaws.com jp.jp4.object.private.ncpstorage.com
jp.jp5.object.private.ncpstorage.com s3.dualstack.cn-north-1.amazonaws.com.cn
s3.dualstack.cn-northwest-1.amazonaws.com.cn airflow.cn-north-1.on.amazonwebservices.com.cn
001.test.code-builder-stg.platform.salesforce.com airflow.cn-northwest-1.on.amazonwebservices.com.cn
auth.cognito-idp.eusc-de-east-1.on.amazonwebservices.eu
`;
