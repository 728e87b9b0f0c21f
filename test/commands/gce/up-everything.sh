# create subnet web-subnet
gcloud compute networks subnets create web-subnet --project=my-project --region=us-central1 --network=net --range=10.151.0.0/26 --enable-private-ip-google-access --description='lbex web in us-central1: addresses of the hosts'
# create router web-router
gcloud compute routers create web-router --project=my-project --region=us-central1 --network=net --description='lbex web in us-central1: way out of the hosts'
# create NAT web-nat
gcloud compute routers nats create web-nat --project=my-project --region=us-central1 --router=web-router --nat-custom-subnet-ip-ranges=web-subnet --auto-allocate-nat-external-ips
# create firewall rule web-served-ports
gcloud compute firewall-rules create web-served-ports --project=my-project --network=net --direction=INGRESS --allow=tcp:80,tcp:443,udp:9827,tcp:7000-8000 --source-ranges=0.0.0.0/0 --target-tags=web --description='lbex web in us-central1: clients of the Services'
# create firewall rule web-health-probes
gcloud compute firewall-rules create web-health-probes --project=my-project --network=net --direction=INGRESS --allow=tcp:1337 --source-ranges=130.211.0.0/22,35.191.0.0/16 --target-tags=web --description='lbex web in us-central1: Google'\''s health probes'
# create firewall rule web-to-cluster
gcloud compute firewall-rules create web-to-cluster --project=my-project --network=net --direction=INGRESS --allow=tcp,udp --source-ranges=10.151.0.0/26 --description='lbex web in us-central1: from the hosts to the cluster'
# create health check web-health
gcloud compute health-checks create http web-health --global --project=my-project --port=1337 --request-path=/ --check-interval=10s --timeout=5s --healthy-threshold=2 --unhealthy-threshold=3 --description='lbex web in us-central1: whether a host serves'
# create template web-vm-HASH
gcloud compute instance-templates create web-vm-HASH --project=my-project --region=us-central1 --machine-type=n2-standard-4 --image-project=ubuntu-os-cloud --image-family=ubuntu-2404-lts-amd64 --subnet=web-subnet --tags=web --labels=lbex=web --service-account=me@my-project.iam.gserviceaccount.com --scopes=cloud-platform --shielded-secure-boot --no-address --can-ip-forward --metadata='^;;;^user-data=...' --description='lbex web in us-central1: a host'
# create group web-group
gcloud compute instance-groups managed create web-group --project=my-project --region=us-central1 --template=web-vm-HASH --size=2 --base-instance-name=web --health-check=web-health --initial-delay=300 --description='lbex web in us-central1: the hosts'
# create autoscaler of web-group
gcloud compute instance-groups managed set-autoscaling web-group --project=my-project --region=us-central1 --min-num-replicas=2 --max-num-replicas=40 --target-cpu-utilization=0.7 --cool-down-period=120
